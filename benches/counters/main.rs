//! What keeping values costs those who write: messages inserted with no trigger, with a row-level trigger by hand on the wide
//! session row, and with pagewise's counter, in its table beside the sessions and in their own columns. And what it gives: the
//! list of sessions by their last message, beside the design document's proposal.
//!
//! ```text
//! cargo bench --bench counters -- --scale 1              # all that is reported on
//! cargo bench --bench counters -- --scale 0.1            # minutes
//! cargo bench --bench counters -- --write docs           # also Markdown, into that folder
//! ```
//!
//! It starts a PostgreSQL server of its own and loads the reference data. The ways are measured one after the other, each
//! asserted to have kept the right values; a checkpoint is before each round, a vacuum after each load.

mod document;
mod read;
mod way;
mod write;
#[path = "../writes/mod.rs"]
mod writes;

use pagewise_reference::{IndexSet, Server, ServerOptions, indexes};

use writes::Fallible;
use writes::options::Options;

/// The row count of one statement, and of all statements of single rows.
const ROWS: i64 = 10_000;

fn main() -> Fallible<()> {
    let options = Options::read(std::env::args().skip(1))?;
    let settings = ServerOptions::default()
        .shared_buffers("2GB")
        .setting("random_page_cost", "1.1")
        .setting("max_parallel_workers_per_gather", "0");
    let server = Server::start(&settings)?;
    eprintln!("scale {}: loading", options.scale);
    let database = server.reference(options.scale)?;
    let mut client = database.client()?;
    for statement in indexes(IndexSet::Seed) {
        client.batch_execute(statement)?;
    }
    client.batch_execute("VACUUM ANALYZE")?;
    let costs = write::measure(&mut client, options.rounds)?;
    let reads = read::measure(&mut client, options.rounds)?;
    let text = document::text(&mut client, &options, &costs, &reads)?;
    println!("{text}");
    if let Some(folder) = &options.write {
        std::fs::create_dir_all(folder)?;
        std::fs::write(folder.join("benchmarks-counters.md"), text)?;
    }
    Ok(())
}
