//! Sessions by their tags, any of them, all of them or none of them, in the form that suits the page and the total.
//!
//! ```text
//! cargo run --example tag_filter
//! ```
//!
//! With `DATABASE_URL`, what is chosen with and without statistics, and its rows, from a database that was filled by
//! `cargo run -p pagewise-reference --example load -- $DATABASE_URL 0.01`.

use std::env;
use std::error::Error;

use pagewise::chat::{self, Match, Session, TaggableIds};
use pagewise::listing::{LinkForm, TotalCount};
use pagewise::{
    Annotation, ContentTypeId, ContentTypes, Listing, Page, PageStatement, Statistics, Total,
};
use postgres::{Client, NoTls};

fn main() -> Result<(), Box<dyn Error>> {
    let mut client = match env::var("DATABASE_URL") {
        Ok(url) => Some(Client::connect(&url, NoTls)?),
        Err(_) => None,
    };
    // Tags hang on chats and messages by a content type and an id: see the example `version_tags`.
    let ids = match &mut client {
        Some(client) => ContentTypes::default().resolve(client, &chat::TAGGABLE)?,
        None => TaggableIds {
            chat: ContentTypeId::new(7),
            message: ContentTypeId::new(8),
        },
    };
    let sessions = Listing::of(Session)
        .tenant(1)
        .filter(Session::STATUS.ne("setup"))
        .order_by(Session::CREATED_AT.desc())
        .page(Page::first(10));
    let tagged = |tags| sessions.clone().filter(chat::tagged(&ids, tags));

    print_forms(tagged)?;
    if let Some(client) = &mut client {
        print_choices(client, tagged, &chat::chat_tags(&ids))?;
    }
    Ok(())
}

/// How the conditions are written.
fn print_forms(
    tagged: impl Fn(Match<&'static str>) -> Listing<Session>,
) -> Result<(), pagewise::Error> {
    let any = tagged(Match::any_of(["tag-rare", "tag-01"]));
    let page = any.build()?;
    println!(
        "-- Any of two tags, on the chat or on one of its messages. Nobody said how many links there are, so the statement\n\
         -- counts them, up to a thousand. If there are no more, it finds all sessions that are linked; else it looks at the\n\
         -- first sessions of the list until the page is full. The part that is not needed is not run.\n\n{page:#};\n"
    );
    println!("{}\n", page.report());

    let total = any.build_total()?;
    println!(
        "-- The total does the same, with its own limits. As a statement of its own:\n\n{total:#};\n"
    );

    let page = any.link_form(LinkForm::Set).build()?;
    println!(
        "-- With statistics, the listing knows before. Of few links it writes only this, which can be asked for, too:\n\n\
         {page:#};\n"
    );

    let all = tagged(Match::all_of(["tag-bulk", "tag-01"]));
    let page = all.link_form(LinkForm::Probe).build()?;
    println!(
        "-- All of two tags, one on the chat and one on a message for example; here each session is looked at:\n\n\
         {page:#};\n"
    );

    let page = tagged(Match::none_of(["tag-bulk", "tag-01"])).build()?;
    println!(
        "-- None of two tags, so that what has no tags is kept. There is nothing to choose:\n\n{page:#};"
    );
    Ok(())
}

/// What is chosen, why, and what it gives.
fn print_choices(
    client: &mut Client,
    tagged: impl Fn(Match<&'static str>) -> Listing<Session>,
    tags: &Annotation<Session, String>,
) -> Result<(), Box<dyn Error>> {
    // A service keeps a `StatisticsCache`, and so reads them now and then.
    let statistics = Statistics::read(client, &chat::filter_tables())?;
    for (title, wanted) in [
        ("tag-rare", Match::any_of(["tag-rare"])),
        ("tag-bulk or tag-01", Match::any_of(["tag-bulk", "tag-01"])),
        ("tag-bulk and tag-01", Match::all_of(["tag-bulk", "tag-01"])),
        (
            "no tag-bulk, no tag-01",
            Match::none_of(["tag-bulk", "tag-01"]),
        ),
    ] {
        let listing = tagged(wanted)
            .show((Session::STATUS, tags))
            .page(Page::first(5).with_total(Total::Exact));
        let without = listing.build()?;
        let with = listing.statistics(statistics.clone()).build()?;
        println!("\n{title}\n\nwithout statistics:");
        print_report(&without);
        println!("with statistics:");
        print_report(&with);

        let rows = with.fetch(client)?;
        let same = without.fetch(client)?;
        assert_eq!(rows.total(), same.total(), "forms change no row");
        if let Some(TotalCount::Exact(total)) = rows.total() {
            println!("{total} sessions:");
        }
        for row in &rows {
            let (id, status): (i64, String) = (row.get(Session::ID)?, row.get(Session::STATUS)?);
            println!("{id:>8}  {status:<16}{}", row.get(tags)?);
        }
    }
    Ok(())
}

fn print_report(page: &PageStatement<Session>) {
    match page.report().notes() {
        [] => println!("  nothing to choose"),
        notes => notes.iter().for_each(|note| println!("  {note}")),
    }
}
