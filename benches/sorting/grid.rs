//! The grid: lists, teams, pages and indexes, where what pagewise chooses is held against what it could have chosen.

use pagewise::catalog::Catalog;
use pagewise::chat::{self, Experiment, Session};
use pagewise::schema::Entity;
use pagewise::{Listing, Order, Page};
use postgres::Client;

use crate::index_sets::{Indexes, OF_GRID};
use crate::ours::{self, Ours};
use crate::place::{Place, Team};
use crate::report::job::Job;
use crate::report::{Fallible, SIZE};

/// What the keys of its jobs begin with.
pub const KEY: &str = "grid";

/// What is sorted by: key and name.
pub const SORTED: [(&str, &str); 5] = [
    ("last_message", "sessions by last message"),
    ("message_count", "sessions by message count"),
    ("last_trace", "chatbots by last trace"),
    ("last_activity", "chatbots by last activity"),
    ("session_count", "chatbots by session count"),
];

/// Pages: key and name.
pub const PAGES: [(&str, &str); 4] = [
    ("first", "first"),
    ("offset", "middle, OFFSET"),
    ("keyset", "middle, keyset"),
    ("last", "last"),
];

/// How many times as long as the chosen way another may take before it is given up: it is not the best.
const PATIENCE: f64 = 5.0;

/// A sorted list of a team, and its pages by their keys.
struct List {
    sorted: (&'static str, &'static str),
    team: Team,
    pages: Vec<((&'static str, &'static str), Page)>,
    ours: Box<Build>,
}

/// Makes the candidates of a page.
type Build = dyn Fn(&Page, &Catalog) -> Result<Ours, pagewise::Error>;

/// The key of a cell's job.
pub fn key(sorted: &str, indexes: Indexes, team: &str, page: &str) -> String {
    format!("{KEY}_{sorted}_{}_{team}_{page}", indexes.key())
}

/// A job for each cell.
pub fn all(client: &mut Client, place: &Place) -> Fallible<Vec<Job>> {
    // Cursors are quickly found by these.
    Indexes::Origin.show(client)?;
    let lists = lists(client, place)?;
    let mut jobs = Vec::new();
    for indexes in OF_GRID {
        let catalog = &indexes.catalog(client)?;
        for list in &lists {
            for ((page_key, page_name), page) in &list.pages {
                let Ours { candidates, notes } = (list.ours)(page, catalog)?;
                let (sorted, name) = list.sorted;
                jobs.push(Job {
                    key: key(sorted, indexes, list.team.key, page_key),
                    title: format!(
                        "{name}, {}, {}, {page_name}",
                        indexes.name(),
                        list.team.name
                    ),
                    candidates,
                    notes,
                    before: Some(indexes.before()),
                    patience: Some(PATIENCE),
                    counted: None,
                });
            }
        }
    }
    Ok(jobs)
}

fn lists(client: &mut Client, place: &Place) -> Fallible<Vec<List>> {
    let messages = chat::message_timestamps();
    let (traces, numbers) = (chat::chatbot_trace_numbers(), chat::chatbot_numbers());
    let [by_message, by_count, by_trace, by_activity, by_sessions] = SORTED;
    let mut lists = Vec::new();
    for team in place.teams() {
        for (sorted, order) in [
            (by_message, messages.last.desc()),
            (by_count, messages.count.desc()),
        ] {
            let listing = Listing::of(Session).show(Session::EXTERNAL_ID);
            lists.push(list(client, sorted, team, team.sessions, listing, order)?);
        }
        for (sorted, order) in [
            (by_trace, traces.last_trace.desc()),
            (by_activity, numbers.last_activity.desc()),
            (by_sessions, numbers.sessions.desc()),
        ] {
            let listing = chat::chatbots().show(Experiment::NAME);
            lists.push(list(client, sorted, team, team.chatbots, listing, order)?);
        }
    }
    Ok(lists)
}

fn list<E: Entity>(
    client: &mut Client,
    sorted: (&'static str, &'static str),
    team: Team,
    rows: u64,
    listing: Listing<E>,
    order: Order<E>,
) -> Fallible<List> {
    let listing = listing.tenant(team.id).order_by(order);
    let middle = rows / 2;
    let mut pages = vec![
        Page::first(SIZE),
        Page::offset(middle, SIZE),
        // Until its cursor is found.
        Page::first(SIZE),
        Page::last(SIZE),
    ];
    let before = listing.clone().page(Page::offset(middle.max(1) - 1, 1));
    match before.build()?.fetch(client)?.next_cursor() {
        Some(cursor) => pages[2] = Page::after(cursor.clone(), SIZE),
        None => return Err(format!("{}, {}: too short", sorted.1, team.name).into()),
    }
    Ok(List {
        sorted,
        team,
        pages: PAGES.into_iter().zip(pages).collect(),
        ours: Box::new(move |page, catalog| {
            ours::candidates(&listing.clone().page(page.clone()), catalog, false)
        }),
    })
}
