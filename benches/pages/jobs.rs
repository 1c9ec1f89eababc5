//! The pages that are asked for.

use std::error::Error;

use chrono::{DateTime, Utc};
use pagewise::chat::{self, Chat, Experiment, Participant, Session, TaggableIds};
use pagewise::{Annotation, ContentTypes, Listing, Page, Total};
use postgres::Client;
use sea_query::Value;

use crate::report::job::{Candidate, Job, Jobs, Query, Way, pages};
use crate::report::{CAP, SIZE, TEAM};

/// How far from the end "near the end" is.
const FROM_THE_END: u64 = 100;

macro_rules! sql {
    ($name:literal) => {
        include_str!(concat!("../sql/pages/", $name, ".sql"))
    };
}

/// Where in the data the pages are.
struct Place {
    ids: TaggableIds,
    /// The sessions of the team.
    sessions: u64,
    middle: u64,
    end: u64,
}

impl Place {
    fn find(client: &mut Client, scale: f64) -> Result<Self, Box<dyn Error>> {
        let ids = ContentTypes::default().resolve(client, &chat::TAGGABLE)?;
        let page = Listing::of(Session)
            .tenant(TEAM)
            .page(Page::first(1).with_total(Total::Exact))
            .build()?;
        let sessions = match page.fetch(client)?.total() {
            Some(pagewise::listing::TotalCount::Exact(sessions)) => sessions,
            total => return Err(format!("an exact total was asked for, not {total:?}").into()),
        };
        Ok(Self {
            ids,
            sessions,
            middle: if scale == 1.0 { 40_000 } else { sessions / 2 },
            end: sessions.saturating_sub(FROM_THE_END),
        })
    }
}

/// All jobs.
pub fn at(client: &mut Client, scale: f64) -> Result<Jobs, Box<dyn Error>> {
    let place = Place::find(client, scale)?;
    let jobs = vec![
        first()?,
        offset(place.middle)?,
        keyset(
            client,
            "keyset_middle",
            "in the middle, by keyset",
            place.middle,
        )?,
        keyset(client, "keyset_end", "near the end, by keyset", place.end)?,
        version_tags(&place.ids)?,
        by_last_message()?,
        total("total_exact", "with its exact total", Total::Exact)?,
        total(
            "total_capped",
            "with its total up to ten thousand",
            Total::Capped(CAP),
        )?,
    ];
    Ok(Jobs {
        sessions: place.sessions,
        jobs,
    })
}

fn first() -> Result<Job, Box<dyn Error>> {
    let [legacy, pagewise] = both(&session_page().page(Page::first(SIZE)))?;
    Ok(Job {
        key: "first".to_owned(),
        title: "first page".to_owned(),
        candidates: vec![
            Candidate::new(
                Way::Today,
                [file(sql!("today_session_page"), false, [team()])],
            ),
            Candidate::new(
                Way::Proposed,
                [file(sql!("proposed_session_page"), false, [team()])],
            ),
            legacy,
            pagewise,
            Candidate::new(
                Way::Best,
                [file(sql!("best_session_page"), false, [team()])],
            ),
        ],
        ..Job::default()
    })
}

fn offset(offset: u64) -> Result<Job, Box<dyn Error>> {
    let [legacy, pagewise] = both(&session_page().page(Page::offset(offset, SIZE)))?;
    let best = file(
        sql!("best_session_page"),
        true,
        [team(), rows_before(offset)?],
    );
    Ok(Job {
        key: "offset_middle".to_owned(),
        title: format!("in the middle, by OFFSET {offset}"),
        candidates: vec![
            orm_at(Way::Today, sql!("today_session_page"), offset)?,
            orm_at(Way::Proposed, sql!("proposed_session_page"), offset)?,
            legacy,
            pagewise,
            Candidate::new(Way::Best, [best]),
        ],
        ..Job::default()
    })
}

fn keyset(
    client: &mut Client,
    key: &'static str,
    title: &str,
    offset: u64,
) -> Result<Job, Box<dyn Error>> {
    // The page before gives the cursor, as it would to a reader who turns pages.
    let before = session_page()
        .page(Page::offset(offset - u64::from(SIZE), SIZE))
        .build()?
        .fetch(client)?;
    let (Some(cursor), Some(last)) = (before.next_cursor(), before.last()) else {
        return Err(format!("no page begins after {offset} sessions").into());
    };
    let time: DateTime<Utc> = last.get(Session::CREATED_AT)?;
    let id: i64 = last.get(Session::ID)?;
    let [legacy, pagewise] = both(&session_page().page(Page::after(cursor.clone(), SIZE)))?;
    let best = file(
        sql!("best_session_page_keyset"),
        true,
        [team(), time.into(), id.into()],
    );
    Ok(Job {
        key: key.to_owned(),
        title: format!("{title} (after {offset} rows)"),
        // The proposal knows no keyset: its OFFSET stands for it. Today's would say nothing more.
        candidates: vec![
            orm_at(Way::Proposed, sql!("proposed_session_page"), offset)?,
            legacy,
            pagewise,
            Candidate::new(Way::Best, [best]),
        ],
        ..Job::default()
    })
}

fn version_tags(ids: &TaggableIds) -> Result<Job, Box<dyn Error>> {
    let listing = session_page()
        .show(chat::version_tags(ids))
        .page(Page::first(SIZE));
    let [legacy, pagewise] = both(&listing)?;
    let parameters = || [team(), ids.message.value().into()];
    let mut today = Candidate::new(
        Way::Today,
        [file(sql!("today_version_tags"), false, parameters())],
    );
    today.wrong = Some("sorts v10 before v2, and does not bind links and tags to the team");
    let mut proposed = Candidate::new(
        Way::Proposed,
        [file(sql!("proposed_version_tags"), false, parameters())],
    );
    proposed.wrong = Some("shows the versions of one message of each session");
    Ok(Job {
        key: "version_tags".to_owned(),
        title: "first page, with version tags".to_owned(),
        candidates: vec![
            today,
            proposed,
            legacy,
            pagewise,
            Candidate::new(
                Way::Best,
                [file(sql!("best_version_tags"), false, parameters())],
            ),
        ],
        ..Job::default()
    })
}

fn by_last_message() -> Result<Job, Box<dyn Error>> {
    let messages = chat::message_timestamps();
    let listing = columns()
        .show(&messages)
        .order_by(messages.last.desc())
        .page(Page::first(SIZE));
    let [legacy, pagewise] = both(&listing)?;
    Ok(Job {
        key: "by_last_message".to_owned(),
        title: "first page, sorted by the last message".to_owned(),
        candidates: vec![
            Candidate::new(
                Way::Today,
                [file(sql!("today_by_last_message"), false, [team()])],
            ),
            Candidate::new(
                Way::Proposed,
                [file(sql!("proposed_by_last_message"), false, [team()])],
            ),
            legacy,
            pagewise,
            Candidate::new(
                Way::Best,
                [file(sql!("best_by_last_message"), false, [team()])],
            ),
        ],
        ..Job::default()
    })
}

fn total(key: &'static str, title: &str, total: Total) -> Result<Job, Box<dyn Error>> {
    let [legacy, pagewise] = both(&session_page().page(Page::first(SIZE).with_total(total)))?;
    let count = || file(sql!("orm_count"), false, [team()]);
    let best_count = match total {
        Total::Capped(_) => file(sql!("best_count_capped"), false, [team()]),
        _ => count(),
    };
    let page = |source| file(source, false, [team()]);
    Ok(Job {
        key: key.to_owned(),
        title: format!("first page, {title}"),
        candidates: vec![
            Candidate::new(Way::Today, [page(sql!("today_session_page")), count()]),
            Candidate::new(
                Way::Proposed,
                [page(sql!("proposed_session_page")), count()],
            ),
            legacy,
            pagewise,
            Candidate::new(Way::Best, [page(sql!("best_session_page")), best_count]),
        ],
        ..Job::default()
    })
}

/// An ORM's statement for the page after so many rows.
fn orm_at(way: Way, source: &str, offset: u64) -> Result<Candidate, Box<dyn Error>> {
    let page = file(source, true, [team(), rows_before(offset)?]);
    Ok(Candidate::new(way, [page]))
}

/// A session's columns, names of what it points at.
fn columns() -> Listing<Session> {
    let chatbot: Annotation<Session, _> = Session::experiment()
        .value(Experiment::NAME)
        .named("chatbot");
    let participant = Session::participant()
        .value(Participant::IDENTIFIER)
        .named("participant");
    let chat = Session::chat().value(Chat::NAME).named("chat");
    Listing::of(Session)
        .tenant(TEAM)
        .show((Session::EXTERNAL_ID, Session::STATUS, Session::CREATED_AT))
        .show((chatbot, participant, chat))
}

/// The session page: newest first, with what its messages say.
fn session_page() -> Listing<Session> {
    columns()
        .show(&chat::message_timestamps())
        .order_by(Session::CREATED_AT.desc())
}

/// A listing by both strategies; nothing in it depends on statistics.
fn both(listing: &Listing<Session>) -> Result<[Candidate; 2], Box<dyn Error>> {
    let both = pages(|_| listing.clone(), None)?;
    both.try_into().map_err(|_| "more than both".into())
}

/// A statement from a file, without the lines for deep pages unless it is one.
fn file(source: &str, deep: bool, parameters: impl Into<Vec<Value>>) -> Query {
    let marks: &[&str] = if deep { &["deep"] } else { &[] };
    Query::from_marked_file(source, marks, parameters)
}

fn team() -> Value {
    TEAM.into()
}

fn rows_before(offset: u64) -> Result<Value, Box<dyn Error>> {
    Ok(i64::try_from(offset)?.into())
}
