//! Reading the answer: cursors to the neighbours, the host's own structs, and what goes wrong.

use chrono::{DateTime, Utc};
use pagewise::chat::{Experiment, Message, Session};
use pagewise::expression::lower;
use pagewise::listing::TotalCount;
use pagewise::predicate::{Comparison, compare};
use pagewise::schema::Column;
use pagewise::{Error, Listing, Page, Total, chat, entity};
use postgres::Client;

use crate::support::{TEAM, empty, reader};

fn listing() -> Listing<Session> {
    Listing::of(Session)
        .tenant(TEAM)
        .order_by(Session::CREATED_AT.desc())
}

fn ids(client: &mut Client, listing: &Listing<Session>, page: Page) -> Vec<i64> {
    let page = listing.clone().page(page).build().unwrap();
    page.fetch(client)
        .unwrap()
        .decode(|row| row.get(Session::ID))
        .unwrap()
}

#[test]
fn neighbours_of_a_page() {
    let mut client = reader();
    let listing = listing();
    let whole = ids(&mut client, &listing, Page::first(1000));
    let count = u64::try_from(whole.len()).unwrap();
    assert!(count > 20);
    let mut fetch = |page: Page| {
        let page = listing.clone().page(page).build().unwrap();
        let rows = page.fetch(&mut client).unwrap();
        let ids = rows.decode(|row| row.get(Session::ID)).unwrap();
        (
            ids,
            rows.previous_cursor().cloned(),
            rows.next_cursor().cloned(),
        )
    };

    let (first, previous, next) = fetch(Page::first(5));
    assert_eq!(first, whole[..5]);
    assert_eq!(previous, None);
    let (second, previous, _) = fetch(Page::after(next.unwrap(), 5));
    assert_eq!(second, whole[5..10]);
    let (back, before_first, next) = fetch(Page::before(previous.unwrap(), 5));
    assert_eq!(back, first, "back on the first page");
    assert_eq!(before_first, None, "nothing before it");
    assert_eq!(fetch(Page::after(next.unwrap(), 5)).0, second);

    let (last, previous, next) = fetch(Page::last(5));
    assert_eq!(last, whole[whole.len() - 5..]);
    assert_eq!(next, None);
    let (before, ..) = fetch(Page::before(previous.unwrap(), 5));
    assert_eq!(before, whole[whole.len() - 10..whole.len() - 5]);

    let (exactly, _, next) = fetch(Page::offset(count - 5, 5));
    assert_eq!(exactly, last);
    assert_eq!(next, None, "a full page that is the last");
    let (all, previous, next) = fetch(Page::first(1000));
    assert_eq!((all.len(), previous, next), (whole.len(), None, None));

    // Fewer rows before the cursor than the page has: they are not filled up from elsewhere.
    let (_, _, next) = fetch(Page::first(3));
    let (few, previous, _) = fetch(Page::before(next.unwrap(), 5));
    assert_eq!(few, whole[..2]);
    assert_eq!(previous, None);
}

#[test]
fn totals_and_pages_past_the_end() {
    let mut client = reader();
    let count = u64::try_from(ids(&mut client, &listing(), Page::first(1000)).len()).unwrap();
    let mut fetch = |page: Page| {
        // An annotation that is 0 of nothing stands beside the row that only carries the total.
        let listing = listing().show(Session::messages().count());
        let page = listing.page(page).build().unwrap();
        let rows = page.fetch(&mut client).unwrap();
        (
            rows.len(),
            rows.total(),
            rows.next_cursor().is_some(),
            rows.previous_cursor().is_some(),
        )
    };
    let exact = Some(TotalCount::Exact(count));
    assert_eq!(fetch(Page::first(5)), (5, None, true, false));
    assert_eq!(
        fetch(Page::first(5).with_total(Total::Exact)),
        (5, exact, true, false)
    );
    assert_eq!(
        fetch(Page::last(5).with_total(Total::Exact)),
        (5, exact, false, true)
    );
    assert_eq!(
        fetch(Page::offset(count, 5).with_total(Total::Exact)),
        (0, exact, false, false)
    );
    assert_eq!(fetch(Page::offset(count, 5)), (0, None, false, false));
    let cap = u32::try_from(count).unwrap();
    for (cap, expected) in [
        (cap - 1, TotalCount::MoreThan(count - 1)),
        (cap, TotalCount::Exact(count)),
        (cap + 1, TotalCount::Exact(count)),
        (0, TotalCount::MoreThan(0)),
        (u32::MAX, TotalCount::Exact(count)),
    ] {
        let page = Page::first(5).with_total(Total::Capped(cap));
        assert_eq!(fetch(page), (5, Some(expected), true, false), "{cap}");
    }
    let past = Page::offset(1_000_000, 5).with_total(Total::Capped(7));
    assert_eq!(
        fetch(past),
        (0, Some(TotalCount::MoreThan(7)), false, false)
    );
    let (rows, total, ..) = fetch(Page::first(5).with_total(Total::Estimated));
    let Some(TotalCount::Estimated(about)) = total else {
        panic!("{total:?} is no estimate");
    };
    assert_eq!(rows, 5);
    assert!(
        about > count / 3 && about < count * 3,
        "{about} for {count}"
    );
}

#[derive(Debug, PartialEq)]
struct Line {
    id: i64,
    chatbot: Option<String>,
    messages: i64,
    last: Option<DateTime<Utc>>,
}

#[test]
fn rows_become_the_hosts_own_struct() {
    let mut client = reader();
    let messages = chat::message_timestamps();
    let chatbot = Session::experiment().value(Experiment::NAME);
    let page = listing()
        .show((&chatbot, &messages))
        .page(Page::first(50))
        .build()
        .unwrap();
    let lines = page.fetch(&mut client).unwrap().decode(|row| {
        Ok(Line {
            id: row.get(Session::ID)?,
            chatbot: row.get(&chatbot)?,
            messages: row.get(&messages.count)?,
            last: row.get(&messages.last)?,
        })
    });
    for line in lines.unwrap() {
        let by_hand = client
            .query_one(
                "SELECT s.id, e.name, (SELECT count(*) FROM chat_chatmessage m WHERE m.chat_id = s.chat_id),
                     (SELECT max(m.created_at) FROM chat_chatmessage m WHERE m.chat_id = s.chat_id)
                 FROM experiments_experimentsession s JOIN experiments_experiment e ON e.id = s.experiment_id
                 WHERE s.id = $1",
                &[&line.id],
            )
            .unwrap();
        let by_hand = Line {
            id: by_hand.get(0),
            chatbot: by_hand.get(1),
            messages: by_hand.get(2),
            last: by_hand.get(3),
        };
        assert_eq!(line, by_hand);
    }
}

#[test]
fn what_is_not_shown_is_a_typed_error() {
    let mut client = reader();
    let page = listing()
        .show(Session::STATUS)
        .page(Page::first(1))
        .build()
        .unwrap();
    let rows = page.fetch(&mut client).unwrap();
    let error = rows[0].get(Session::PLATFORM).unwrap_err();
    assert!(
        matches!(&error, Error::NotShown { name, .. } if name == "platform"),
        "{error}"
    );
    insta::assert_snapshot!("not_shown", error);
    let count = Session::messages().count();
    assert!(matches!(rows[0].get(&count), Err(Error::NotShown { .. })));
    // Sorted by and so returned, though it was not shown.
    assert!(rows[0].get(Session::CREATED_AT).is_ok());
    assert_eq!(rows[0].outputs().len(), 3);
}

entity! {
    /// Declared otherwise than the table is.
    Wrong = "wrong" as "wrong" {
        key ID: i64 = "id";
        shared;
        NUMBER: i64 = "number";
        TEXT: String = "text";
        KIND: i32 = "kind";
        MISSING: String = "missing";
    }
}

#[test]
fn a_column_that_is_not_what_was_declared_is_an_error_that_names_it() {
    let (_database, mut client) = empty();
    client
        .batch_execute(
            "CREATE TABLE wrong (id bigint PRIMARY KEY, number integer NOT NULL, text text, kind text NOT NULL);
             INSERT INTO wrong VALUES (1, 5, NULL, 'k')",
        )
        .unwrap();
    let page = Listing::of(Wrong)
        .show((Wrong::NUMBER, Wrong::TEXT, Wrong::KIND))
        .page(Page::first(5))
        .build()
        .unwrap();
    let rows = page.fetch(&mut client).unwrap();
    let mut messages = Vec::new();
    for error in [
        rows[0].get(Wrong::NUMBER).unwrap_err(),
        rows[0].get(Wrong::TEXT).unwrap_err(),
        rows[0].get(Wrong::KIND).unwrap_err(),
    ] {
        assert!(matches!(error, Error::Database { .. }), "{error:?}");
        messages.push(error.to_string());
    }
    // What the server refuses says what it is.
    let missing = Listing::of(Wrong)
        .show(Wrong::MISSING)
        .page(Page::first(5))
        .build()
        .unwrap();
    let error = missing.fetch(&mut client).unwrap_err();
    messages.push(error.to_string());
    let compared = Listing::of(Wrong)
        .filter(Wrong::KIND.eq(1))
        .page(Page::first(5))
        .build()
        .unwrap();
    let error = compared.fetch(&mut client).unwrap_err();
    messages.push(error.to_string());
    insta::assert_snapshot!("wrong_declarations", messages.join("\n"));
    assert_eq!(rows[0].get_named::<Option<String>>("text").unwrap(), None);
    assert_eq!(rows[0].get_named::<i32>("number").unwrap(), 5);

    // A cursor is made of what was declared, too.
    let sorted = Listing::of(Wrong).order_by(Wrong::NUMBER.asc());
    client
        .batch_execute("INSERT INTO wrong VALUES (2, 6, 'x', 'k')")
        .unwrap();
    let error = sorted
        .page(Page::first(1))
        .build()
        .unwrap()
        .fetch(&mut client)
        .unwrap_err();
    assert!(error.to_string().contains("\"number\""), "{error}");
}

#[test]
fn a_time_that_chrono_has_not_is_a_typed_error() {
    let (_database, mut client) = empty();
    client
        .batch_execute(
            "INSERT INTO experiments_experimentsession (id, team_id, participant_id, experiment_id, chat_id, ended_at)
             VALUES (1, 1, 1, 1, 1, 'infinity'), (2, 1, 1, 1, 2, '-infinity')",
        )
        .unwrap();
    let page = Listing::of(Session)
        .tenant(1)
        .order_by(Session::ENDED_AT.asc())
        .page(Page::first(2))
        .build()
        .unwrap();
    let rows = page.fetch(&mut client).unwrap();
    for row in &rows {
        let error = row.get(Session::ENDED_AT).unwrap_err();
        assert!(error.to_string().contains("ended_at"), "{error}");
    }
    let page = Listing::of(Session)
        .tenant(1)
        .order_by(Session::ENDED_AT.asc())
        .page(Page::first(1))
        .build()
        .unwrap();
    let error = page.fetch(&mut client).unwrap_err();
    assert!(matches!(error, Error::Database { .. }), "{error}");
}

#[test]
fn the_handle_decides_not_its_name() {
    let mut client = reader();
    let column: Column<Session, String> = Column::new("status");
    let page = listing()
        .show(Session::STATUS)
        .page(Page::first(2))
        .build()
        .unwrap();
    let rows = page.fetch(&mut client).unwrap();
    assert_eq!(
        rows[0].get(column).unwrap(),
        rows[0].get(Session::STATUS).unwrap()
    );
    let mut statuses = Vec::new();
    for row in rows {
        statuses.push(row.get(Session::STATUS).unwrap());
    }
    assert_eq!(statuses.len(), 2);
    // Another table's root, read by its own columns.
    let page = Listing::of(Message)
        .tenant(TEAM)
        .show(Message::CONTENT)
        .page(Page::first(1))
        .build()
        .unwrap();
    assert!(
        page.fetch(&mut client).unwrap()[0]
            .get(Message::CONTENT)
            .is_ok()
    );
}

#[test]
fn another_value_of_the_same_name_is_not_read() {
    let mut client = reader();
    let written_by = |who: &str| {
        let messages = Session::messages().filter(Message::MESSAGE_TYPE.eq(who));
        messages.count()
    };
    let page = listing()
        .show((lower(Session::STATUS), written_by("human")))
        .page(Page::first(1))
        .build()
        .unwrap();
    let rows = page.fetch(&mut client).unwrap();
    let row = &rows[0];
    // The same value made anew is the same value.
    assert_eq!(
        row.get(written_by("human")).unwrap(),
        row.get_named::<i64>("messages_count").unwrap()
    );
    assert!(row.get(lower(Session::STATUS)).is_ok());
    let other = row.get(written_by("ai")).unwrap_err();
    assert!(
        matches!(&other, Error::OtherShown { name, .. } if name == "messages_count"),
        "{other}"
    );
    let other = row.get(lower(Session::PLATFORM)).unwrap_err();
    assert!(
        matches!(&other, Error::OtherShown { name, .. } if name == "lower"),
        "{other}"
    );
}

#[test]
fn two_columns_of_a_row_are_compared() {
    let mut client = reader();
    let columns = (Session::LAST_ACTIVITY_AT, Session::ENDED_AT);
    let whole = listing()
        .show(columns)
        .page(Page::first(1000))
        .build()
        .unwrap();
    let times = whole
        .fetch(&mut client)
        .unwrap()
        .decode(|row| {
            Ok((
                row.get(Session::ID)?,
                row.get(columns.0)?,
                row.get(columns.1)?,
            ))
        })
        .unwrap();
    type Holds = fn(Option<DateTime<Utc>>, Option<DateTime<Utc>>) -> bool;
    let cases: [(Comparison, Holds); 4] = [
        (Comparison::Less, |a, b| a.is_some() && b.is_some() && a < b),
        (Comparison::GreaterOrEqual, |a, b| {
            a.is_some() && b.is_some() && a >= b
        }),
        (Comparison::DistinctFrom, |a, b| a != b),
        (Comparison::NotDistinctFrom, |a, b| a == b),
    ];
    for (how, holds) in cases {
        let expected: Vec<i64> = times
            .iter()
            .filter(|(_, last, ended)| holds(*last, *ended))
            .map(|(id, ..)| *id)
            .collect();
        let compared = listing().filter(compare(columns.0, how, columns.1));
        assert_eq!(
            ids(&mut client, &compared, Page::first(1000)),
            expected,
            "{how:?}"
        );
    }
}
