//! A list that reads kept values has the same rows as one that computes them.

use pagewise::chat::{self, Experiment, Session};
use pagewise::ddl::Counter;
use pagewise::expression::coalesce;
use pagewise::statistics::TableSet;
use pagewise::{Catalog, Entity, Listing, Page, Strategy, Total};
use pagewise_reference::{Database, Server};
use postgres::Client;
use serde_json::Value;

use super::place::run as make;
use crate::support::{both, run};

const TEAM: i64 = 2;

fn data(scale: f64) -> (Database, Client) {
    let database = Server::shared().unwrap().reference(scale).unwrap();
    let client = database.client().unwrap();
    (database, client)
}

fn tables() -> TableSet {
    TableSet::new()
        .table(Session)
        .table(Experiment)
        .table(chat::Message)
}

/// All pages in both directions, by cursor and by offset, are those of sub-selects.
fn pages<E: Entity>(client: &mut Client, listing: &Listing<E>, what: &str) {
    let size = 7;
    let legacy = listing.clone().strategy(Strategy::Legacy);
    let all = run(client, &legacy.page(Page::first(60)).build().unwrap());
    assert!(all.len() > 20, "{what}");
    let mut page = Some(Page::first(size));
    let mut seen = Vec::new();
    while let Some(at) = page.take() {
        let built = listing.clone().page(at).build().unwrap();
        let mut rows = run(client, &built);
        let fetched = built.fetch(client).unwrap();
        rows.truncate(fetched.len());
        seen.extend(rows);
        if seen.len() < all.len() {
            page = fetched
                .next_cursor()
                .cloned()
                .map(|cursor| Page::after(cursor, size));
        }
    }
    let shown = all.len().min(seen.len());
    assert_eq!(seen[..shown], all[..shown], "{what}");
    assert!(seen.len() >= all.len() - 1, "{what}");
    for page in [
        Page::last(size),
        Page::offset(3, size).with_total(Total::Exact),
        Page::offset(40, size),
        Page::first(size).with_total(Total::Capped(5)),
        Page::offset(100_000, size).with_total(Total::Exact),
    ] {
        let listing = listing.clone().page(page);
        let legacy = listing.clone().strategy(Strategy::Legacy).build().unwrap();
        let built = listing.build().unwrap();
        let rows = built.fetch(client).unwrap();
        let total = legacy.fetch(client).unwrap().total();
        assert_eq!(rows.total(), total, "{what}");
        // Beside a total, an empty page is one row of nothing.
        if !rows.rows().is_empty() {
            assert_eq!(
                run(client, &built),
                run(client, &legacy),
                "{what}\n{built:#}"
            );
        }
    }
    // From the end to the beginning.
    let mut page = Some(Page::last(size));
    let mut steps = 0;
    while let Some(at) = page.take().filter(|_| steps < 4) {
        let listing = listing.clone().page(at.clone());
        both(client, &listing);
        let fetched = listing.build().unwrap().fetch(client).unwrap();
        page = fetched
            .previous_cursor()
            .cloned()
            .map(|cursor| Page::before(cursor, size));
        steps += 1;
    }
}

fn sessions(client: &mut Client, counter: &Counter<Session>, is_beside: bool) {
    let catalog = Catalog::read(client, &tables()).unwrap();
    let messages = chat::message_timestamps();
    let listing = Listing::of(Session)
        .tenant(TEAM)
        .catalog(catalog)
        .counters([counter.clone()]);
    let active = coalesce(&messages.last, Session::CREATED_AT).named("active");
    let shown = listing.clone().show(&messages);
    let cases = [
        ("shown", shown.clone().order_by(Session::CREATED_AT.desc())),
        ("last desc", shown.clone().order_by(messages.last.desc())),
        ("last asc", shown.clone().order_by(messages.last.asc())),
        (
            "nulls first",
            shown.clone().order_by(messages.last.desc().nulls_first()),
        ),
        ("not shown", listing.clone().order_by(messages.first.desc())),
        ("count", shown.clone().order_by(messages.count.desc())),
        (
            "count asc",
            shown
                .clone()
                .order_by(messages.count.asc())
                .order_by(messages.last.desc()),
        ),
        (
            "computed",
            listing
                .clone()
                .show((&active, &messages.count))
                .order_by(active.desc()),
        ),
        (
            "computed, shown",
            listing
                .clone()
                .show((&active, &messages.last))
                .order_by(Session::STATUS.asc()),
        ),
        (
            "filtered",
            shown
                .clone()
                .filter(messages.count.gt(3))
                .order_by(Session::ID.desc()),
        ),
        (
            "filtered and sorted",
            shown
                .clone()
                .filter(messages.last.is_not_null())
                .filter(Session::STATUS.ne("setup"))
                .order_by(messages.last.desc()),
        ),
        (
            "beside what is computed",
            shown
                .clone()
                .show(chat::human_message_timestamps().count)
                .order_by(messages.last.desc()),
        ),
    ];
    for (what, listing) in cases {
        let text = listing.clone().page(Page::first(5)).build().unwrap();
        assert!(
            !text.report().to_string().contains("not read"),
            "{}",
            text.report()
        );
        if what != "beside what is computed" {
            assert!(
                !text.text().contains("chat_chatmessage"),
                "{what}\n{text:#}"
            );
        }
        if is_beside {
            // Law 5: of the tenant, wherever it is read.
            let table = counter.table();
            let read = text.text().matches(&format!("JOIN \"{table}\"")).count();
            let bound = text
                .text()
                .matches(&format!("\"{table}\".\"team_id\" = $"))
                .count();
            assert!(read > 0 && read == bound, "{what}\n{text:#}");
        }
        pages(client, &listing, what);
    }
    // Read by the same handles.
    let page = shown
        .order_by(messages.last.desc())
        .page(Page::first(5))
        .build()
        .unwrap();
    for row in &page.fetch(client).unwrap() {
        assert!(
            row.get(&messages.last).unwrap().is_some() && row.get(&messages.count).unwrap() > 0
        );
    }
    let total = listing.filter(messages.count.gt(3));
    let legacy = total
        .clone()
        .strategy(Strategy::Legacy)
        .build_total()
        .unwrap();
    let total = total.build_total().unwrap();
    assert!(!total.text().contains("chat_chatmessage"));
    assert_eq!(run(client, &total), run(client, &legacy));
}

#[test]
fn sessions_by_a_side_table() {
    let (_database, mut client) = data(0.002);
    let counter = chat::session_messages().unwrap();
    make(&mut client, &counter.steps()).unwrap();
    sessions(&mut client, &counter, true);
    // What is written afterwards.
    client
        .batch_execute(
            "DELETE FROM chat_chatmessage WHERE id % 5 = 0;
             UPDATE chat_chatmessage SET created_at = created_at + INTERVAL '400 days' WHERE id % 7 = 0",
        )
        .unwrap();
    assert_eq!(counter.find_drift(&mut client, 5).unwrap(), []);
    sessions(&mut client, &counter, true);
}

#[test]
fn sessions_by_columns() {
    let (_database, mut client) = data(0.002);
    let counter = Counter::of("session_messages", &chat::message_timestamps())
        .in_columns("kept_")
        .build()
        .unwrap();
    make(&mut client, &counter.steps()).unwrap();
    client
        .batch_execute(
            "CREATE INDEX kept_last ON experiments_experimentsession (team_id, kept_last_message_at DESC NULLS LAST, id DESC)",
        )
        .unwrap();
    sessions(&mut client, &counter, false);
    let catalog = Catalog::read(&mut client, &tables()).unwrap();
    let last = chat::message_timestamps().last;
    let page = Listing::of(Session)
        .tenant(TEAM)
        .catalog(catalog)
        .counters([counter])
        .order_by(last.desc())
        .page(Page::first(25))
        .build()
        .unwrap();
    assert!(
        page.report().to_string().contains("by the index kept_last"),
        "{}",
        page.report()
    );
}

#[test]
fn chatbots() {
    let (_database, mut client) = data(0.01);
    let counter = chat::chatbot_sessions().unwrap();
    make(&mut client, &counter.steps()).unwrap();
    assert_eq!(counter.find_drift(&mut client, 5).unwrap(), []);
    let catalog = Catalog::read(&mut client, &tables()).unwrap();
    let numbers = chat::chatbot_numbers();
    let listing = Listing::of(Experiment)
        .tenant(1)
        .catalog(catalog)
        .counters([counter])
        .show((&numbers.sessions, &numbers.last_activity));
    for (what, order) in [
        ("activity", numbers.last_activity.desc()),
        ("oldest", numbers.last_activity.asc()),
        ("sessions", numbers.sessions.desc()),
    ] {
        let listing = listing.clone().order_by(order);
        let page = listing.clone().page(Page::first(5)).build().unwrap();
        assert!(
            !page.text().contains("experiments_experimentsession"),
            "{page:#}"
        );
        pages(&mut client, &listing, what);
        // Others are computed beside them.
        pages(&mut client, &listing.show(&numbers.participants), what);
    }
}

#[test]
fn without_a_catalog_it_is_computed() {
    let counter = chat::session_messages().unwrap();
    let messages = chat::message_timestamps();
    let listing = Listing::of(Session)
        .tenant(TEAM)
        .show(&messages)
        .order_by(messages.last.desc())
        .page(Page::first(5));
    let plain = listing.build().unwrap();
    let with = listing.clone().counters([counter.clone()]).build().unwrap();
    assert_eq!(plain.text(), with.text());
    assert!(
        with.report()
            .to_string()
            .contains("counter session_messages: not read: no catalog was given")
    );
    let unknown = listing
        .catalog(Catalog::from_rows([]))
        .counters([counter])
        .build()
        .unwrap();
    assert!(
        unknown
            .report()
            .to_string()
            .contains("the catalog does not know it to be ready")
    );
}

#[test]
fn a_cursor_outlives_the_counter() {
    let (_database, mut client) = data(0.002);
    let counter = chat::session_messages().unwrap();
    make(&mut client, &counter.steps()).unwrap();
    let catalog = Catalog::read(&mut client, &tables()).unwrap();
    let last = chat::message_timestamps().last;
    let computed = Listing::of(Session)
        .tenant(TEAM)
        .order_by(last.desc())
        .show(&last);
    let kept = computed
        .clone()
        .catalog(catalog)
        .counters([counter.clone()]);
    let first = computed
        .clone()
        .page(Page::first(5))
        .build()
        .unwrap()
        .fetch(&mut client)
        .unwrap();
    let cursor = first.next_cursor().unwrap().clone();
    let next = |listing: &Listing<Session>| {
        listing
            .clone()
            .page(Page::after(cursor.clone(), 5))
            .build()
            .unwrap()
    };
    assert_eq!(
        run(&mut client, &next(&computed)),
        run(&mut client, &next(&kept))
    );

    // Gone, it is an error, and no wrong rows.
    make(&mut client, &counter.remove()).unwrap();
    let error = next(&kept).fetch(&mut client).unwrap_err();
    assert!(error.to_string().contains("does not exist"), "{error}");
}

/// The buffers that a statement touches.
fn buffers(client: &mut Client, page: &pagewise::Statement) -> (i64, String) {
    use pagewise::driver::postgres::Execute;
    let text = format!("EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {}", page.text());
    let rows = Execute::run(client, &text, page.parameters()).unwrap();
    let plan: Value = serde_json::from_str(&rows[0].get::<_, Json>(0).0).unwrap();
    let top = &plan[0]["Plan"];
    let number = |name: &str| top[name].as_i64().unwrap();
    (
        number("Shared Hit Blocks") + number("Shared Read Blocks"),
        plan.to_string(),
    )
}

/// JSON as the server sends it.
struct Json(String);

impl<'a> postgres::types::FromSql<'a> for Json {
    fn from_sql(
        _: &postgres::types::Type,
        raw: &'a [u8],
    ) -> Result<Self, Box<dyn std::error::Error + Sync + Send>> {
        Ok(Self(std::str::from_utf8(raw)?.to_owned()))
    }
    fn accepts(column: &postgres::types::Type) -> bool {
        column.name() == "json"
    }
}

#[test]
fn a_first_page_walks_the_index() {
    let (_database, mut client) = data(0.02);
    let counter = chat::session_messages().unwrap();
    make(&mut client, &counter.steps()).unwrap();
    client.batch_execute("VACUUM ANALYZE").unwrap();
    let catalog = Catalog::read(&mut client, &tables()).unwrap();
    let messages = chat::message_timestamps();
    for order in [messages.last.desc(), messages.last.asc()] {
        let listing = Listing::of(Session)
            .tenant(1)
            .catalog(catalog.clone())
            .counters([counter.clone()])
            .order_by(order)
            .show(&messages);
        let mut page = Page::first(25);
        // The first page, and some after it.
        for _ in 0..4 {
            let built = listing.clone().page(page).build().unwrap();
            let (touched, plan) = buffers(&mut client, &built);
            assert!(plan.contains("_by_1"), "{built:#}\n{plan}");
            assert!(touched < 200, "{touched} buffers\n{built:#}\n{plan}");
            let rows = built.fetch(&mut client).unwrap();
            page = Page::after(rows.next_cursor().unwrap().clone(), 25);
        }
    }
}
