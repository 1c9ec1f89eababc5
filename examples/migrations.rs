//! The indexes that Open Chat Studio's lists want, as a migration: read, tried, run, and taken back.
//!
//! ```text
//! cargo run --example migrations
//! ```
//!
//! With `DATABASE_URL`, what it would do there too, without doing it. It does it with `-- run`, and takes it back with
//! `-- undo`. A database to try it on is filled by
//! `cargo run -p pagewise-reference --example load -- $DATABASE_URL 0.01`.

use std::env;
use std::error::Error;
use std::time::Duration;

use pagewise::chat;
use pagewise::ddl::RunOptions;
use postgres::{Client, NoTls};

fn main() -> Result<(), Box<dyn Error>> {
    println!("-- What is wanted, and what the origin has of it:\n");
    for wanted in chat::indexes()? {
        let index = &wanted.index;
        println!(
            "{} ({})\n  {}\n  {:?}",
            index.name(),
            index.columns(),
            wanted.serves,
            wanted.standing
        );
    }

    let migration = chat::index_migration()?;
    println!("\n-- The migration, each step with what takes it back:\n\n{migration}");

    println!(
        "-- For a migration tool of one's own, one statement per call, outside of a transaction:\n"
    );
    for step in migration.to_sql() {
        println!("{};", step.run);
    }

    let Ok(url) = env::var("DATABASE_URL") else {
        return Ok(());
    };
    let mut client = Client::connect(&url, NoTls)?;
    println!("\n-- A dry run:\n\n{}", migration.dry_run(&mut client)?);

    let options = RunOptions::default().wait_for_others(Duration::from_secs(60));
    match env::args().nth(1).as_deref() {
        Some("run") => {
            // The client that builds is busy: another one asks how far it is.
            let mut watcher = Client::connect(&url, NoTls)?;
            let report = migration.run_watched(&mut client, &mut watcher, &options, |build| {
                let (index, phase) = (build.index.as_deref(), build.phase.as_deref());
                let done = build.fraction().unwrap_or_default() * 100.0;
                eprintln!(
                    "{}: {} {done:.0} %",
                    index.unwrap_or("?"),
                    phase.unwrap_or("?")
                );
            })?;
            println!("\n-- What was done:\n\n{report}");
        }
        Some("undo") => {
            println!(
                "\n-- What was taken back:\n\n{}",
                migration.undo(&mut client, &options)?
            );
        }
        _ => {}
    }
    Ok(())
}
