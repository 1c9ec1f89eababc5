//! The versions of a chatbot that answered in each session, as one text: `v1, v2, v10`.
//!
//! ```text
//! cargo run --example version_tags
//! ```
//!
//! With `DATABASE_URL`, its rows too, from a database that was filled by
//! `cargo run -p pagewise-reference --example load -- $DATABASE_URL 0.01`.

use std::env;
use std::error::Error;

use pagewise::chat::{self, Session, TaggableIds};
use pagewise::{ContentTypeId, ContentTypes, Listing, Page, Strategy};
use postgres::{Client, NoTls};

fn main() -> Result<(), Box<dyn Error>> {
    let mut client = match env::var("DATABASE_URL") {
        Ok(url) => Some(Client::connect(&url, NoTls)?),
        Err(_) => None,
    };
    // Tags hang on messages by a content type and an id. The numbers of content types differ from database to
    // database: one query finds them, and the resolver keeps them.
    let types = ContentTypes::default();
    let ids = match &mut client {
        Some(client) => types.resolve(client, &chat::TAGGABLE)?,
        None => TaggableIds {
            chat: ContentTypeId::new(7),
            message: ContentTypeId::new(8),
        },
    };

    let versions = chat::version_tags(&ids);
    let listing = Listing::of(Session)
        .tenant(1)
        .order_by(Session::CREATED_AT.desc())
        .show((Session::STATUS, &versions))
        .page(Page::first(10));
    let page = listing.build()?;
    println!(
        "-- Message, link and tag are joined for the page's rows only, link and tag bound to the team;"
    );
    println!(
        "-- each name comes once, sorted by its number; without any, the text is '':\n\n{page:#};\n"
    );
    let legacy = listing.strategy(Strategy::Legacy).build()?;
    println!(
        "-- The old way has it in the SELECT list, where rows that OFFSET skips pay for it too:\n\n{legacy:#};"
    );

    if let Some(client) = &mut client {
        for row in page.fetch(client)? {
            let (id, status): (i64, String) = (row.get(Session::ID)?, row.get(Session::STATUS)?);
            let versions: String = row.get(&versions)?;
            println!("{id:>8}  {status:<16}{versions}");
        }
    }
    Ok(())
}
