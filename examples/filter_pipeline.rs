//! A list that is filtered by its query string: from the request to the statement, and back.
//!
//! ```text
//! cargo run --example filter_pipeline --features query-string
//! ```
//!
//! With `DATABASE_URL`, its rows too, from a database that was filled by
//! `cargo run -p pagewise-reference --example load -- $DATABASE_URL 0.01`.

use std::env;
use std::error::Error;

use chrono::Utc;
use pagewise::chat::{self, Experiment, MessageTimestamps, Session, TaggableIds};
use pagewise::filter::{FilterError, FilterPipeline, FilterRequests, FilterSet, Viewer};
use pagewise::listing::{TotalCount, VisibleColumns};
use pagewise::{Annotation, ContentTypeId, ContentTypes, Listing, Page, Statistics, Total};
use postgres::{Client, NoTls};

/// What the browser sends: filters, and something that is no concern of ours.
const QUERY: &str = "f_session_id=a&op_session_id=contains&f_state=active%7Ecomplete&op_state=any+of\
    &f_tags=tag-bulk%7Etag-01&op_tags=any+of&f_last_activity=2024-01-01&op_last_activity=after&theme=dark";
/// The same by somebody who typed into the address bar.
const TYPED: &str = "f_state=active&op_state=like&f_colour=red&op_colour=any+of&f_last_activity=soon&op_last_activity=on\
    &f_tags=tag-01&f_channels=Web%7EPigeon&op_channels=any+of";

fn main() -> Result<(), Box<dyn Error>> {
    let mut client = match env::var("DATABASE_URL") {
        Ok(url) => Some(Client::connect(&url, NoTls)?),
        Err(_) => None,
    };
    let ids = match &mut client {
        Some(client) => ContentTypes::default().resolve(client, &chat::TAGGABLE)?,
        None => TaggableIds {
            chat: ContentTypeId::new(7),
            message: ContentTypeId::new(8),
        },
    };

    // Once: what the list can be filtered by. A host adds columns of its own, or leaves some out.
    let set = chat::session_filters(&ids);
    // For each request: who asks, and when, for "on" a date and for "the last 7 days".
    let viewer = Viewer::at(Utc::now()).in_zone("Africa/Johannesburg".parse()?);

    let mut pipeline = strictly(&set, QUERY, &viewer)?;
    if let Some(client) = &mut client {
        // A service keeps a `StatisticsCache`. The rows are the same without it.
        pipeline = pipeline.statistics(Statistics::read(client, &chat::filter_tables())?);
    }
    println!("Asked for, in the order in which it is written, and why:\n");
    println!("{}\n", pipeline.report());
    println!("As a query string again, for links to other pages:\n");
    println!("{}\n", pipeline.to_query_string());

    println!("What is not understood is an error:\n");
    if let Err(refused) = strictly(&set, TYPED, &viewer) {
        println!("{refused}\n");
    }
    println!("Or it is left out, and said:\n");
    leniently(&set, TYPED, &viewer);

    let columns = Columns::new();
    columns.filtered(&pipeline, &mut client)?;
    columns.hidden()?;
    Ok(())
}

/// All of the filters, or the first that cannot be taken: for what exports, deletes or is written by a program.
fn strictly(
    set: &FilterSet<Session>,
    query: &str,
    viewer: &Viewer,
) -> Result<FilterPipeline<Session>, FilterError> {
    let requests = FilterRequests::from_query_string(query).strict()?;
    set.read(&requests, viewer)
}

/// As many of the filters as can be taken: for a list that people look at.
fn leniently(set: &FilterSet<Session>, query: &str, viewer: &Viewer) {
    let asked = FilterRequests::from_query_string(query);
    let understood = set.read_lenient(&asked.requests, viewer);
    // What the query string does not say well, then what it says that the list has not.
    for problem in asked.problems.iter().chain(&understood.problems) {
        println!("{problem}");
    }
    println!(
        "\nWhat is left:\n\n{}\n",
        understood.pipeline.to_query_string()
    );
}

/// What the list can show.
struct Columns {
    chatbot: Annotation<Session, Option<String>>,
    messages: MessageTimestamps,
    offered: VisibleColumns<Session>,
}

impl Columns {
    fn new() -> Columns {
        let chatbot = Session::experiment()
            .value(Experiment::NAME)
            .named("chatbot");
        let messages = chat::message_timestamps();
        let offered = VisibleColumns::new()
            .column("state", Session::STATUS)
            .column("last_activity", Session::LAST_ACTIVITY_AT)
            .column("chatbot", &chatbot)
            .column("messages", (&messages.count, &messages.last));
        Columns {
            chatbot,
            messages,
            offered,
        }
    }

    fn listing() -> Listing<Session> {
        Listing::of(Session)
            .tenant(1)
            .filter(Session::PLATFORM.is_distinct_from("evaluations"))
            .default_order(Session::CREATED_AT.desc())
    }

    /// The page of the request's filters.
    fn filtered(
        &self,
        pipeline: &FilterPipeline<Session>,
        client: &mut Option<Client>,
    ) -> Result<(), pagewise::Error> {
        let page = Columns::listing()
            .filter_all(pipeline)
            .show((Session::STATUS, &self.chatbot, &self.messages.count))
            .page(Page::first(10).with_total(Total::Capped(10_000)))
            .build()?;
        println!("-- The page and its total, up to 10,000, in one statement:\n\n{page:#};\n");
        println!("What was decided for it, the pipeline's order first:\n");
        println!("{}\n", page.report());

        let Some(client) = client else {
            return Ok(());
        };
        let rows = page.fetch(client)?;
        for row in &rows {
            let (id, status): (i64, String) = (row.get(Session::ID)?, row.get(Session::STATUS)?);
            let chatbot = row.get(&self.chatbot)?.unwrap_or_default();
            let count = row.get(&self.messages.count)?;
            println!("{id:>8}  {status:<16}{count:>4} messages  {chatbot}");
        }
        match rows.total() {
            Some(TotalCount::Exact(total)) => println!("\n{total} in all\n"),
            Some(TotalCount::MoreThan(cap)) => println!("\nmore than {cap} in all\n"),
            _ => println!(),
        }
        Ok(())
    }

    /// Pages with the columns that the list's user has not hidden.
    fn hidden(&self) -> Result<(), pagewise::Error> {
        for request in ["state,chatbot,messages", "state,last_activity"] {
            let visible = self.offered.parse(request)?;
            let page = Columns::listing()
                .show(&visible)
                .page(Page::first(10))
                .build()?;
            println!("-- Only {request}; what is hidden is not in the statement:\n\n{page:#};\n");
        }
        if let Err(refused) = self.offered.parse("state,password") {
            println!("{refused}");
        }
        Ok(())
    }
}
