//! The main job of pagewise in one command:
//!
//! ```text
//! cargo run -p quickstart
//! ```
//!
//! One page of a list of chat sessions: its SQL, its rows, and what it costs beside the same page written the old
//! way; the list filtered by a query string, which `--filter` says; and a team's dashboard, of `--days` and in a `--zone`.
//! `session_page.rs`, `filtered.rs` and `dashboard.rs` are what a host writes; the rest makes a database for it and prints.

mod arguments;
mod bars;
mod compare;
mod dashboard;
mod dashboard_cost;
mod database;
mod embedded;
mod explain;
mod filtered;
mod fold;
mod load;
mod panels;
mod progress;
mod report;
mod session_page;
mod table;

use std::error::Error;
use std::io::{self, Write, stdout};
use std::process::ExitCode;

use pagewise::chat::{self, Session, TaggableIds};
use pagewise::listing::TotalCount;
use pagewise::{ContentTypes, Listing, Page, Total};
use postgres::Client;
use postgres::error::DbError;

use crate::compare::compare;
use crate::dashboard::Picked;
use crate::database::{Database, Kept};
use crate::filtered::{FILTER, Filtered};
use crate::progress::Progress;
use crate::session_page::SessionPage;

/// Rows of a page.
const SIZE: u32 = 25;

fn main() -> ExitCode {
    match run(&mut stdout().lock()) {
        Ok(()) => ExitCode::SUCCESS,
        // The reader has seen enough: `quickstart | head`.
        Err(error) if is_broken_pipe(error.as_ref()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("quickstart: {}", one_line(error.as_ref()));
            ExitCode::FAILURE
        }
    }
}

fn run(out: &mut impl Write) -> Result<(), Box<dyn Error>> {
    let Some(arguments) = arguments::parse()? else {
        return Ok(writeln!(out, "{}", arguments::help())?);
    };
    let progress = Progress::new("starting PostgreSQL");
    let database = Database::make()?;
    let place = database.place();
    let kept = Kept::new(database)?;
    let mut client = kept.client()?;
    let loaded = load::load(&mut client, arguments.scale, progress)?;
    // Compiling a statement to machine code now and then would blur the comparison.
    client.batch_execute("SET jit = off")?;
    let version: String = client
        .query_one(
            "SELECT split_part(current_setting('server_version'), ' ', 1)",
            &[],
        )?
        .try_get(0)?;
    report::introduction(out, &version, &place, arguments.scale, &loaded)?;

    // One query; a service keeps the resolver, and has no query after the first.
    let ids = ContentTypes::default().resolve(&mut client, &chat::TAGGABLE)?;
    let sessions = SessionPage::new(&ids);
    if arguments.is_all() {
        show_pages(out, &mut client, &sessions)?;
    }
    if arguments.is_all() || arguments.is_filter() {
        let filter = arguments.filter.as_deref().unwrap_or(FILTER);
        let filtered = Filtered::read(&mut client, &ids, filter)?;
        show_filtered(out, &mut client, &sessions, &filtered)?;
    }
    if arguments.is_all() || arguments.is_dashboard() {
        show_dashboard(out, &mut client, &ids, &arguments.picked())?;
    }
    report::heading(out, "From here")?;
    report::pointers(out)?;
    Ok(())
}

/// A page in the middle of the list, and its first, in two ways.
fn show_pages(
    out: &mut impl Write,
    client: &mut Client,
    sessions: &SessionPage,
) -> Result<(), Box<dyn Error>> {
    let listing = sessions.listing();

    report::heading(out, "One page of sessions, in SQL")?;
    let first = listing
        .clone()
        .page(Page::first(SIZE).with_total(Total::Capped(10_000)));
    let statement = first.build()?;
    report::sql(out, &statement)?;

    report::heading(out, "Its rows")?;
    let rows = statement.fetch(client)?;
    report::rows(out, &rows.decode(|row| sessions.read(row))?, rows.total())?;

    report::heading(out, "The same page the old way, and one in the middle")?;
    let number = middle(client, &listing)?;
    let before = listing
        .clone()
        .page(Page::number(number - 1, SIZE))
        .build()?;
    let cursor = before.fetch(client)?.next_cursor().cloned();
    let cursor = cursor.ok_or("there is no page in the middle; try a larger --scale")?;
    let pages = [
        ("1, with its total".to_owned(), first),
        (
            format!("{number}, by offset"),
            listing.clone().page(Page::number(number, SIZE)),
        ),
        (
            format!("{number}, by keyset"),
            listing.page(Page::after(cursor, SIZE)),
        ),
    ];
    let mut progress = Progress::new("measuring");
    let mut comparisons = Vec::new();
    for (name, page) in pages {
        progress.begin("measuring", 33.0);
        comparisons.push(compare(client, sessions, &page, name)?);
    }
    drop(progress);
    if comparisons[1].lines != comparisons[2].lines {
        return Err("offset and keyset give different rows: this is a bug of pagewise".into());
    }
    report::costs(out, &comparisons)?;
    Ok(())
}

/// The first page of the filtered list.
fn show_filtered(
    out: &mut impl Write,
    client: &mut Client,
    sessions: &SessionPage,
    filtered: &Filtered,
) -> Result<(), Box<dyn Error>> {
    let page = sessions
        .listing()
        .filter_all(&filtered.pipeline)
        .page(Page::first(SIZE).with_total(Total::Capped(10_000)));
    let statement = page.build()?;
    report::heading(out, "The list, filtered by a query string")?;
    report::asked(out, filtered)?;
    report::heading(out, "What was decided, and why")?;
    report::decisions(out, &filtered.pipeline.report(), statement.report())?;
    report::heading(out, "The filtered page, in SQL")?;
    report::filtered_sql(out, &statement)?;
    report::heading(out, "Its rows")?;
    let rows = statement.fetch(client)?;
    report::rows(out, &rows.decode(|row| sessions.read(row))?, rows.total())?;
    let comparison = compare(client, sessions, &page, "1, filtered".to_owned())?;
    report::cost(out, &comparison)?;
    Ok(())
}

/// The dashboard of a team.
fn show_dashboard(
    out: &mut impl Write,
    client: &mut Client,
    ids: &TaggableIds,
    picked: &Picked,
) -> Result<(), Box<dyn Error>> {
    let dashboard = picked.dashboard(ids)?;
    let (data, ways) = dashboard_cost::compare(client, &dashboard)?;
    report::heading(out, "A team's dashboard, in one statement")?;
    panels::dashboard(out, &data, picked)?;
    report::heading(out, "The same dashboard in more statements")?;
    panels::costs(out, &ways)?;
    Ok(())
}

/// The number of the page in the middle of the list; at least 2.
fn middle(client: &mut Client, listing: &Listing<Session>) -> Result<u64, Box<dyn Error>> {
    let counted = listing
        .clone()
        .page(Page::first(1).with_total(Total::Exact));
    match counted.build()?.fetch(client)?.total() {
        Some(TotalCount::Exact(rows)) => Ok((rows / u64::from(SIZE) / 2).max(1) + 1),
        _ => Err("the list was not counted".into()),
    }
}

/// An error and what is behind it, on one line.
fn one_line(error: &(dyn Error + 'static)) -> String {
    let mut text = said(error);
    let mut behind = error.source();
    while let Some(error) = behind {
        let more = said(error);
        if !text.contains(&more) {
            text = format!("{text}: {more}");
        }
        behind = error.source();
    }
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The server's own words where it is the server that refuses.
fn said(error: &(dyn Error + 'static)) -> String {
    let driver = error.downcast_ref::<postgres::Error>();
    let server = driver.and_then(postgres::Error::as_db_error);
    match server.or_else(|| error.downcast_ref::<DbError>()) {
        Some(server) => server.message().to_owned(),
        None => error.to_string(),
    }
}

fn is_broken_pipe(error: &(dyn Error + 'static)) -> bool {
    error
        .downcast_ref::<io::Error>()
        .is_some_and(|error| error.kind() == io::ErrorKind::BrokenPipe)
}
