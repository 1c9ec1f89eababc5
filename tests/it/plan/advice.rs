//! Advice on the indexes of the origin's schema, for the statements that it runs.

use std::time::Duration;

use chrono::{TimeDelta, Utc};
use pagewise::aggregate::{Bucket, CombinedAggregate, Rows, Series, Window};
use pagewise::catalog::{Catalog, Index};
use pagewise::chat::{self, Experiment, Message, Participant, Session, Trace};
use pagewise::plan::{
    Advice, Explain, PlanError, WantsIndexes, Workload, advise, redundant_indexes,
};
use pagewise::statistics::TableSet;
use pagewise::{Listing, Page};
use pagewise_reference::{Database, Server};
use postgres::Client;

use crate::support::{empty, reader, taggable};

/// A team that has many rows.
const TEAM: i64 = 1;

fn tables() -> TableSet {
    chat::filter_tables()
        .table(Session)
        .table(Message)
        .table(Trace)
        .table(Participant)
        .table(Experiment)
        .table(chat::TaggedItem)
        .table(chat::Tag)
}

/// Data that indexes may be made on.
fn own() -> (Database, Client) {
    let database = Server::shared().unwrap().reference(0.004).unwrap();
    let client = database.client().unwrap();
    (database, client)
}

/// What the origin asks for: its lists with their filters, and its dashboard.
fn workload(client: &mut Client) -> Workload {
    let ids = taggable(client);
    let messages = chat::message_timestamps();
    let sessions = || Listing::of(Session).tenant(TEAM).page(Page::first(25));
    let window = Window::before(Utc::now(), TimeDelta::days(30)).unwrap();
    let in_window = Rows::of(Session).filter(Session::CREATED_AT.within(window.range()));
    let count = in_window.count().named("sessions");
    let traces = Rows::of(Trace).filter(Trace::TIMESTAMP.within(window.range()));
    let spent = traces.count().named("traces");
    let written = Session::messages().filter(Message::CREATED_AT.within(window.range()));
    let active = Rows::of(Session).named("active").with_any(&written);
    let active_count = active.count().named("active_sessions");
    Workload::new()
        .add(
            "newest sessions",
            &sessions()
                .order_by(Session::CREATED_AT.desc())
                .show(&messages.count),
        )
        .and_then(|workload| {
            workload.add(
                "ended sessions",
                &sessions().order_by(Session::ENDED_AT.desc()),
            )
        })
        .and_then(|workload| {
            let active = sessions().filter(Session::STATUS.eq("pending-review"));
            workload.add(
                "sessions to review",
                &active.order_by(Session::CREATED_AT.desc()),
            )
        })
        .and_then(|workload| {
            let of_bot = sessions().filter(Session::EXPERIMENT_ID.eq(3));
            workload.add(
                "sessions of a chatbot",
                &of_bot.order_by(Session::CREATED_AT.desc()),
            )
        })
        .and_then(|workload| {
            let tagged = sessions().filter(chat::tagged(&ids, chat::Match::any_of(["urgent"])));
            workload.add(
                "tagged sessions",
                &tagged.order_by(Session::CREATED_AT.desc()),
            )
        })
        .and_then(|workload| {
            workload.add(
                "by last message",
                &sessions().order_by(messages.last.desc()),
            )
        })
        .and_then(|workload| {
            let traces = Listing::of(Trace)
                .tenant(TEAM)
                .filter(Trace::STATUS.eq("error"));
            workload.add(
                "failed traces",
                &traces
                    .order_by(Trace::TIMESTAMP.desc())
                    .page(Page::first(25)),
            )
        })
        .and_then(|workload| {
            let slow = Listing::of(Trace)
                .tenant(TEAM)
                .order_by(Trace::DURATION.desc());
            workload.add("slow traces", &slow.page(Page::first(25)))
        })
        .and_then(|workload| {
            let people = Listing::of(Participant)
                .tenant(TEAM)
                .order_by(Participant::NAME.asc());
            workload.add("participants", &people.page(Page::first(25)))
        })
        .and_then(|workload| {
            let numbers = CombinedAggregate::new().numbers((&count, &spent, &active_count));
            workload.add("overview", &numbers.tenant(TEAM).build()?)
        })
        .and_then(|workload| {
            let daily = Series::of(&in_window, Session::CREATED_AT)
                .every(Bucket::Day)
                .numbers(&count);
            workload.add("sessions by day", &daily.tenant(TEAM).build()?)
        })
        .unwrap()
}

fn checked(client: &mut Client) -> (Catalog, Advice) {
    let catalog = Catalog::read(client, &tables()).unwrap();
    let advice = advise(&catalog, &workload(client)).unwrap();
    assert!(!advice.is_checked() && !advice.indexes().is_empty());
    let advice = advice
        .check_by_building(client, Duration::from_secs(5))
        .unwrap();
    (catalog, advice)
}

fn all_indexes(client: &mut Client) -> Vec<String> {
    let rows = client.query(
        "SELECT indexdef FROM pg_indexes WHERE schemaname = 'public' ORDER BY 1",
        &[],
    );
    rows.unwrap().iter().map(|row| row.get(0)).collect()
}

#[test]
fn each_advised_index_is_used_and_each_named_statement_gains() {
    let (_database, mut client) = own();
    let before = all_indexes(&mut client);
    let (catalog, advice) = checked(&mut client);
    assert_eq!(
        all_indexes(&mut client),
        before,
        "what was built is not there any more"
    );
    assert!(
        advice.is_checked() && !advice.indexes().is_empty(),
        "{advice}"
    );

    let workload = workload(&mut client);
    let cost = |client: &mut Client, name: &str| {
        let (_, statement) = workload
            .statements()
            .find(|(known, _)| *known == name)
            .unwrap();
        Explain::new().run(client, statement).unwrap()
    };
    let named = || advice.indexes().iter().flat_map(|advised| &advised.gains);
    let without: Vec<_> = named()
        .map(|gain| cost(&mut client, &gain.statement).root.total_cost)
        .collect();
    for advised in advice.indexes() {
        client
            .batch_execute(&advised.index.create().to_string())
            .unwrap();
    }
    for (gain, before) in named().zip(without) {
        let after = cost(&mut client, &gain.statement);
        assert!(
            after.root.total_cost < before,
            "{}: {before}, then\n{after}",
            gain.statement
        );
        assert!(gain.costs.unwrap().1 < gain.costs.unwrap().0);
    }
    for advised in advice.indexes() {
        assert!(!advised.gains.is_empty());
        let uses = |statement: &str| {
            let plan = cost(&mut client, statement);
            plan.nodes()
                .any(|node| node.index.as_deref() == Some(advised.index.name()))
        };
        let mut uses = uses;
        assert!(
            advised.gains.iter().all(|gain| uses(&gain.statement)),
            "{}\n{advice}",
            advised.index
        );
    }

    // None does what one did that was there, nor what another one does.
    let mut there: Vec<&Index> = Vec::new();
    there.extend(
        catalog
            .indexes(Session)
            .iter()
            .chain(catalog.indexes(Trace)),
    );
    there.extend(
        catalog
            .indexes(Message)
            .iter()
            .chain(catalog.indexes(Participant)),
    );
    for advised in advice.indexes() {
        for index in there
            .iter()
            .filter(|index| advised.index.table() == table_of(index))
        {
            assert!(
                !advised.index.is_covered_by(index),
                "{} is {}",
                advised.index,
                index.definition
            );
        }
    }
    let again = Catalog::read(&mut client, &tables()).unwrap();
    let advised: Vec<_> = advice
        .indexes()
        .iter()
        .map(|advised| advised.index.name())
        .collect();
    for redundant in redundant_indexes(&again) {
        assert!(!advised.contains(&redundant.name.as_str()), "{redundant:?}");
    }
    // What was built is not advised again.
    let again = advise(&again, &workload).unwrap();
    for index in again.indexes() {
        assert!(!advised.contains(&index.index.name()), "{again}");
    }
}

/// The table of an index, by its definition: `CREATE INDEX name ON schema.table USING ..`.
fn table_of(index: &Index) -> &str {
    let (_, after) = index.definition.split_once(" ON ").unwrap();
    after
        .split(' ')
        .next()
        .unwrap()
        .split('.')
        .next_back()
        .unwrap()
}

#[test]
fn a_transaction_of_the_callers_goes_on() {
    let (_database, mut client) = own();
    let catalog = Catalog::read(&mut client, &tables()).unwrap();
    let workload = workload(&mut client);
    let mut transaction = client.transaction().unwrap();
    transaction
        .batch_execute("CREATE TABLE mine (id bigint)")
        .unwrap();
    let advice = advise(&catalog, &workload).unwrap();
    let advice = advice
        .check_by_building(&mut transaction, Duration::from_secs(5))
        .unwrap();
    assert!(advice.is_checked());
    transaction
        .batch_execute("INSERT INTO mine VALUES (1)")
        .unwrap();
    transaction.commit().unwrap();
    let left: i64 = client
        .query_one(
            "SELECT count(*) FROM pg_class WHERE relname LIKE 'pagewise_trial%'",
            &[],
        )
        .unwrap()
        .get(0);
    assert_eq!(left, 0);
}

#[test]
fn who_writes_is_not_waited_for_longer_than_was_said() {
    let (database, mut client) = own();
    let catalog = Catalog::read(&mut client, &tables()).unwrap();
    let workload = workload(&mut client);
    let mut other = database.client().unwrap();
    let mut writer = other.transaction().unwrap();
    writer
        .batch_execute("LOCK TABLE experiments_experimentsession, trace_trace, experiments_participant IN ROW EXCLUSIVE MODE")
        .unwrap();
    let advice = advise(&catalog, &workload).unwrap();
    let refused = advice
        .check_by_building(&mut client, Duration::from_millis(50))
        .unwrap_err();
    assert!(refused.to_string().contains("lock timeout"), "{refused}");
    writer.rollback().unwrap();
    client.batch_execute("CREATE TABLE goes_on ()").unwrap();
}

#[test]
fn without_hypopg_it_says_so() {
    let mut client = reader();
    let catalog = Catalog::read(&mut client, &tables()).unwrap();
    let advice = advise(&catalog, &workload(&mut client)).unwrap();
    let refused = advice.check_with_hypopg(&mut client).unwrap_err();
    assert!(matches!(refused, PlanError::NoHypopg), "{refused}");
}

#[test]
fn of_unknown_tables_nothing_is_advised() {
    let (_database, mut client) = empty();
    let catalog = Catalog::read(&mut client, &TableSet::new().table(Trace)).unwrap();
    let listing = Listing::of(Session)
        .tenant(TEAM)
        .order_by(Session::ENDED_AT.desc())
        .page(Page::first(3));
    let advice = advise(
        &catalog,
        &Workload::new().add("sessions", &listing).unwrap(),
    )
    .unwrap();
    assert!(advice.indexes().is_empty());
    assert_eq!(advice.unknown_tables(), ["experiments_experimentsession"]);
    assert_eq!(
        advice.to_string(),
        "no index is advised\nnothing is known of the table \"experiments_experimentsession\""
    );
}

#[test]
fn what_is_wanted() {
    let mut client = reader();
    let ids = taggable(&mut client);
    let messages = chat::message_timestamps();
    let page = Page::first(25);
    let sessions = Listing::of(Session)
        .tenant(TEAM)
        .filter(Session::STATUS.eq("active"))
        .filter(Session::EXPERIMENT_ID.any_of([1, 2]))
        .filter(Session::CREATED_AT.ge(Utc::now()))
        .filter(chat::tagged(&ids, chat::Match::any_of(["urgent"])))
        .show(&messages.count)
        .page(page);
    let by_time = sessions.clone().order_by(Session::LAST_ACTIVITY_AT.desc());
    let by_message = sessions.order_by(messages.last.desc());
    let written = [("by time", by_time), ("by message", by_message)].map(|(name, listing)| {
        let wanted = listing.wanted_indexes().unwrap();
        let lines: Vec<_> = wanted.iter().map(ToString::to_string).collect();
        format!("-- {name}\n{}", lines.join("\n"))
    });
    insta::assert_snapshot!("wanted", written.join("\n\n"));
}

#[test]
fn an_order_and_its_reverse_are_read_from_one_index() {
    let mut client = reader();
    let catalog = Catalog::read(&mut client, &tables()).unwrap();
    let by = |order| {
        Listing::of(Trace)
            .tenant(TEAM)
            .order_by(order)
            .page(Page::first(25))
    };
    let workload = |orders: [pagewise::Order<Trace>; 2]| {
        let [first, second] = orders.map(by);
        Workload::new()
            .add("first", &first)
            .unwrap()
            .add("second", &second)
            .unwrap()
    };
    let both = workload([Trace::DURATION.asc(), Trace::DURATION.desc()]);
    let advice = advise(&catalog, &both).unwrap();
    assert_eq!(advice.indexes().len(), 1, "{advice}");
    assert_eq!(advice.indexes()[0].gains.len(), 2, "{advice}");
    // NULL is last in both: neither is the other one backwards.
    let name = workload([Trace::PARTICIPANT_ID.asc(), Trace::PARTICIPANT_ID.desc()]);
    assert_eq!(advise(&catalog, &name).unwrap().indexes().len(), 2);
}

/// `table`, and the columns, of `table (column, ..)`.
fn parts(wants: &str) -> (&str, Vec<&str>) {
    let (table, columns) = wants.trim_end_matches(')').split_once(" (").unwrap();
    (table, columns.split(", ").collect())
}

/// Whether the columns are the first of the keys, in any order: an index begins with those that are equal.
fn begins<'k>(mut keys: impl Iterator<Item = &'k str>, columns: &[&str]) -> bool {
    columns
        .iter()
        .all(|_| keys.next().is_some_and(|key| columns.contains(&key)))
}

#[test]
fn what_a_report_wants_is_advised_or_there() {
    let (_database, mut client) = own();
    client
        .batch_execute("DO $$ DECLARE name text; BEGIN FOR name IN SELECT indexrelid::regclass::text FROM pg_index \
             WHERE indrelid IN ('chat_chatmessage'::regclass, 'experiments_experimentsession'::regclass, 'trace_trace'::regclass) \
             AND NOT indisunique LOOP EXECUTE 'DROP INDEX ' || name; END LOOP; END $$")
        .unwrap();
    let catalog = Catalog::read(&mut client, &tables()).unwrap();
    let messages = chat::message_timestamps();
    let counted = Session::messages().count();
    let human = Session::messages().filter(Message::MESSAGE_TYPE.eq("human"));
    let sessions = |order| Listing::of(Session).tenant(TEAM).order_by(order);
    let mut seen = Vec::new();
    let orders = [
        messages.first.asc(),
        messages.first.desc(),
        messages.last.desc(),
        messages.count.desc(),
        counted.desc(),
        human.count().desc(),
        human.max(Message::CREATED_AT).desc(),
    ];
    for order in orders {
        for offset in [0, 1000] {
            let listing = sessions(order.clone()).page(Page::offset(offset, 25));
            let page = listing.clone().catalog(catalog.clone()).build().unwrap();
            let workload = Workload::new().add("sessions", &listing).unwrap();
            let advice = advise(&catalog, &workload).unwrap();
            for wants in page
                .report()
                .notes()
                .iter()
                .filter_map(|note| note.wants.as_deref())
            {
                let (table, columns) = parts(wants);
                let is_advised = advice.indexes().iter().any(|advised| {
                    let keys = advised.index.columns().replace('"', "");
                    advised.index.table() == table
                        && begins(
                            keys.split(", ").filter_map(|key| key.split(' ').next()),
                            &columns,
                        )
                });
                let all = [catalog.indexes(Session), catalog.indexes(Message)].concat();
                let is_there = all.iter().any(|index| {
                    table_of(index) == table
                        && begins(
                            index.keys.iter().filter_map(|key| key.column.as_deref()),
                            &columns,
                        )
                });
                assert!(is_advised || is_there, "{wants}\n{advice}");
                seen.push(wants.to_owned());
            }
        }
    }
    seen.sort_unstable();
    seen.dedup();
    assert!(seen.len() > 1, "{seen:?}");
}
