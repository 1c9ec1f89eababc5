//! Numbers of each day and chatbot, kept in a materialized view: how it is made, refreshed, and read.
//!
//! ```text
//! cargo run --example materialized_view
//! ```
//!
//! With `DATABASE_URL`, the view is created there, filled, refreshed and read, in a database that was filled by
//! `cargo run -p pagewise-reference --example load -- $DATABASE_URL 0.01`; it is dropped at the end.

use std::env;
use std::error::Error;

use pagewise::TimeZone;
use pagewise::chat;
use pagewise::ddl::materialized_view::{WhileRefreshed, month_of};
use postgres::{Client, NoTls};

fn main() -> Result<(), Box<dyn Error>> {
    let zone: TimeZone = "Africa/Johannesburg".parse()?;
    let metrics = chat::session_metrics(&zone);
    let view = &metrics.view;
    let months = month_of(&metrics.day);

    println!("-- Created once:\n\n{};\n", view.create_text()?);
    println!(
        "-- Refreshed now and then:\n\n{};\n",
        view.refresh_text(WhileRefreshed::Skip)?
    );
    let daily = view
        .rows()
        .tenant(1)
        .measures((&metrics.sessions, &metrics.participants))
        .order_by(metrics.participants.desc())
        .limit(5)
        .build()?;
    println!("-- As it is kept, participants among it:\n\n{daily:#};\n");
    let monthly = view
        .rollup()
        .tenant(1)
        .by(&months)
        .measures((&metrics.sessions, &metrics.completed, &metrics.messages))
        .build()?;
    println!("-- Put together again; participants do not add up:\n\n{monthly:#};");

    let Ok(url) = env::var("DATABASE_URL") else {
        return Ok(());
    };
    let mut client = Client::connect(&url, NoTls)?;
    view.create(&mut client)?;
    for _ in 0..2 {
        let refreshed = view.refresh(&mut client, WhileRefreshed::Skip)?;
        println!("\nrefreshed: {refreshed:?}");
    }
    println!("\nmonth       sessions  completed  messages");
    for month in monthly.fetch(&mut client)? {
        println!(
            "{}  {:>8}  {:>9}  {:>8}",
            month.get_value(&months)?,
            month.get(&metrics.sessions)?,
            month.get(&metrics.completed)?,
            month.get(&metrics.messages)?,
        );
    }
    view.drop(&mut client)?;
    Ok(())
}
