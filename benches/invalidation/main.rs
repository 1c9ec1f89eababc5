//! What it costs those who write that results are outdated, and how often results are found then: with no trigger, with
//! pagewise's notes, with notes that are sent to listeners, and as in the design document, where each message deletes results.
//!
//! ```text
//! cargo bench --bench invalidation -- --scale 0.1             # minutes
//! cargo bench --bench invalidation -- --write docs            # also Markdown, into that folder
//! ```
//!
//! It starts a PostgreSQL server of its own and loads the reference data. The ways are measured in turns.

mod document;
mod hits;
mod way;
mod write;
#[path = "../writes/mod.rs"]
mod writes;

use pagewise_reference::{Server, ServerOptions};

use writes::Fallible;
use writes::options::Options;

fn main() -> Fallible<()> {
    let options = Options::read(std::env::args().skip(1))?;
    let settings = ServerOptions::default()
        .shared_buffers("512MB")
        .setting("max_parallel_workers_per_gather", "0");
    let server = Server::start(&settings)?;
    eprintln!("scale {}: loading", options.scale);
    let database = server.reference(options.scale)?;
    let mut client = database.client()?;
    for step in pagewise::cache::steps() {
        client.batch_execute(&step.sql())?;
    }
    client.batch_execute("VACUUM ANALYZE")?;
    let costs = write::measure(&mut client, &database, options.rounds)?;
    let ratios = hits::measure(&mut client)?;
    let text = document::text(&mut client, &options, &costs, &ratios)?;
    println!("{text}");
    if let Some(folder) = &options.write {
        std::fs::create_dir_all(folder)?;
        std::fs::write(folder.join("benchmarks-invalidation.md"), text)?;
    }
    Ok(())
}
