//! Fills an empty database with the reference data:
//!
//! ```text
//! cargo run -p pagewise-reference --example load -- postgresql://localhost/empty 0.1
//! ```
//!
//! A third argument, `seed`, also makes the indexes that the origin's design document proposes.

use std::error::Error;
use std::time::Instant;

use pagewise_reference::{IndexSet, indexes, load};
use postgres::{Client, NoTls};

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let (url, scale, more) = match arguments.as_slice() {
        [url, scale] => (url, scale, None),
        [url, scale, more] if more == "seed" => (url, scale, Some(IndexSet::Seed)),
        _ => {
            return Err(
                "usage: load <DATABASE_URL of an empty database> <scale, 0.001 to 10> [seed]"
                    .into(),
            );
        }
    };
    let mut client = Client::connect(url, NoTls)?;
    let start = Instant::now();
    let mut done = 0.0;
    let summary = load(&mut client, scale.parse()?, |step, position, steps| {
        println!(
            "{:7.1} s {done:4.0} %  {:2}/{steps} {}",
            start.elapsed().as_secs_f64(),
            position + 1,
            step.name
        );
        done += step.weight;
    })?;
    for statement in more.map(indexes).unwrap_or_default() {
        client.batch_execute(statement)?;
    }
    println!(
        "{:7.1} s  100 %\n\n{summary}",
        start.elapsed().as_secs_f64()
    );
    Ok(())
}
