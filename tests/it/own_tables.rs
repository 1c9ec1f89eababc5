//! Tables that a host declares: every type, every kind of tenant, and names that need quoting.

use std::error::Error as StdError;

use chrono::{DateTime, NaiveDate, NaiveDateTime, Utc};
use pagewise::expression::constant;
use pagewise::filter::{Filter, FilterPipeline};
use pagewise::listing::CursorError;
use pagewise::schema::{DataType, SqlType};
use pagewise::sea_query::Value;
use pagewise::{Error, Listing, Page, Predicate, Relation, ToOne, Total, entity};
use postgres::Client;
use postgres::types::{FromSql, Type};

use crate::mood::Mood;
use crate::support::{both, empty, run};

entity! {
    /// A row of every type.
    Reading = "readings" as "reading" {
        key ID: i32 = "id";
        shared;
        SMALL: i16 = "small";
        SINGLE: f32 = "single";
        DOUBLE: f64 = "double";
        MAYBE_DOUBLE: Option<f64> = "maybe_double";
        FLAG: bool = "flag";
        DAY: NaiveDate = "day";
        MAYBE_DAY: Option<NaiveDate> = "maybe_day";
        WALL_TIME: NaiveDateTime = "wall_time";
        INSTANT: DateTime<Utc> = "instant";
        NUMBERS: Vec<i64> = "numbers";
        WORDS: Option<Vec<String>> = "words";
        KNOWN_WORDS: Vec<Option<String>> = "known_words";
        STATE: State = "state";
        STATE_TEXT: String = "state";
        MOOD: Mood = "mood";
        MOODS: Vec<Mood> = "moods";
    }
}

/// An enumeration that is kept as text.
#[derive(Clone, Copy, Debug, PartialEq)]
enum State {
    Open,
    Shut,
}

impl SqlType for State {
    type Base = Self;
    const DATA_TYPE: DataType = DataType::Text;
    fn into_value(self) -> Value {
        let text = match self {
            Self::Open => "open",
            Self::Shut => "shut",
        };
        Value::String(Some(text.to_owned()))
    }
}

impl<'a> FromSql<'a> for State {
    fn from_sql(_: &Type, raw: &'a [u8]) -> Result<Self, Box<dyn StdError + Sync + Send>> {
        match raw {
            b"open" => Ok(Self::Open),
            b"shut" => Ok(Self::Shut),
            other => Err(format!("no state {:?}", String::from_utf8_lossy(other)).into()),
        }
    }
    fn accepts(column: &Type) -> bool {
        *column == Type::TEXT
    }
}

fn readings() -> (pagewise_reference::Database, Client) {
    let (database, mut client) = empty();
    client
        .batch_execute(
            "CREATE TYPE mood AS ENUM ('sad', 'glad');
             CREATE TABLE readings (id integer PRIMARY KEY, small smallint NOT NULL, single real NOT NULL,
                 double double precision NOT NULL, maybe_double double precision, flag boolean NOT NULL,
                 day date NOT NULL, maybe_day date, wall_time timestamp NOT NULL, instant timestamptz NOT NULL,
                 numbers bigint[] NOT NULL, words varchar(20)[], known_words text[] NOT NULL,
                 state text NOT NULL, mood mood NOT NULL,
                 moods mood[] NOT NULL);
             INSERT INTO readings
             SELECT i, (i % 3)::smallint, i / 4.0::real, CASE WHEN i = 5 THEN 'NaN' WHEN i = 6 THEN '-Infinity' ELSE i / 8.0 END,
                 CASE WHEN i % 3 = 0 THEN NULL ELSE 10.5 - i END, i % 2 = 0, DATE '2026-01-01' + i / 2,
                 CASE WHEN i % 4 = 0 THEN NULL ELSE DATE '0044-03-15 BC' + i END,
                 TIMESTAMP '2026-01-01 00:00' + i * INTERVAL '1.000001 s',
                 TIMESTAMPTZ '2026-01-01 00:00+00' - i * INTERVAL '1 month',
                 ARRAY[i, -i]::bigint[], CASE WHEN i % 3 = 1 THEN NULL ELSE ARRAY['a', 'B' || i] END,
                 ARRAY['x', NULL, i::text], CASE WHEN i % 2 = 0 THEN 'open' ELSE 'shut' END,
                 CASE WHEN i % 3 = 0 THEN 'sad' ELSE 'glad' END::mood,
                 CASE WHEN i % 3 = 0 THEN '{sad,glad}' WHEN i % 3 = 1 THEN '{glad}' ELSE '{sad}' END::mood[]
             FROM generate_series(1, 12) AS i",
        )
        .unwrap();
    (database, client)
}

#[test]
fn every_type_is_read_as_it_was_declared() {
    let (_database, mut client) = readings();
    let listing = Listing::of(Reading)
        .show((
            Reading::SMALL,
            Reading::SINGLE,
            Reading::DOUBLE,
            Reading::MAYBE_DOUBLE,
            Reading::FLAG,
            Reading::DAY,
        ))
        .show((
            Reading::MAYBE_DAY,
            Reading::WALL_TIME,
            Reading::INSTANT,
            Reading::NUMBERS,
            Reading::WORDS,
        ))
        .show((Reading::KNOWN_WORDS, Reading::STATE))
        .page(Page::first(4));
    both(&mut client, &listing);
    let page = listing.show(Reading::MOOD).build().unwrap();
    let rows = page.fetch(&mut client).unwrap();
    let row = &rows[3];
    assert_eq!(row.get(Reading::ID).unwrap(), 4);
    assert_eq!(row.get(Reading::SMALL).unwrap(), 1);
    assert_eq!(row.get(Reading::SINGLE).unwrap(), 1.0);
    assert_eq!(row.get(Reading::DOUBLE).unwrap(), 0.5);
    assert_eq!(row.get(Reading::MAYBE_DOUBLE).unwrap(), Some(6.5));
    assert!(row.get(Reading::FLAG).unwrap());
    assert_eq!(row.get(Reading::DAY).unwrap().to_string(), "2026-01-03");
    assert_eq!(row.get(Reading::MAYBE_DAY).unwrap(), None);
    assert_eq!(
        row.get(Reading::WALL_TIME).unwrap().to_string(),
        "2026-01-01 00:00:04.000004"
    );
    assert_eq!(
        row.get(Reading::INSTANT).unwrap().to_rfc3339(),
        "2025-09-01T00:00:00+00:00"
    );
    assert_eq!(row.get(Reading::NUMBERS).unwrap(), [4, -4]);
    assert_eq!(row.get(Reading::WORDS).unwrap(), None);
    assert_eq!(
        row.get(Reading::KNOWN_WORDS).unwrap(),
        [Some("x".to_owned()), None, Some("4".to_owned())]
    );
    assert_eq!(row.get(Reading::STATE).unwrap(), State::Open);
    assert_eq!(row.get(Reading::MOOD).unwrap(), Mood("glad".to_owned()));
    assert_eq!(
        rows[1].get(Reading::WORDS).unwrap(),
        Some(vec!["a".to_owned(), "B2".to_owned()])
    );
}

#[test]
fn every_type_is_compared() {
    let (_database, mut client) = readings();
    let at = NaiveDate::from_ymd_opt(2026, 1, 1)
        .unwrap()
        .and_hms_micro_opt(0, 0, 4, 4)
        .unwrap();
    let four = [
        Reading::SMALL
            .eq(1)
            .and(Reading::ID.any_of([4, 5, 6]))
            .and(Reading::FLAG.eq(true)),
        Reading::SINGLE.eq(1.0),
        Reading::SINGLE.any_of([1.0, 99.0]),
        Reading::DOUBLE.within(0.5..0.625),
        Reading::MAYBE_DOUBLE.any_of([6.5]),
        Reading::DAY
            .eq(NaiveDate::from_ymd_opt(2026, 1, 3).unwrap())
            .and(!Reading::ID.eq(5)),
        Reading::WALL_TIME.eq(at),
        Reading::WALL_TIME.any_of([at]),
        Reading::INSTANT.any_of(["2025-09-01T02:00:00+02:00"
            .parse::<DateTime<chrono::FixedOffset>>()
            .unwrap()]),
        Reading::NUMBERS.eq(vec![4, -4]),
        Reading::KNOWN_WORDS.eq(vec![Some("x".to_owned()), None, Some("4".to_owned())]),
        Reading::STATE.eq(State::Open).and(Reading::ID.within(3..6)),
        Reading::STATE
            .any_of([State::Open])
            .and(Reading::ID.within(3..6)),
        Reading::STATE
            .none_of([State::Shut])
            .and(Reading::ID.within(3..6)),
        Reading::FLAG.any_of([true]).and(Reading::ID.within(3..6)),
        Reading::MAYBE_DAY.is_null().and(Reading::ID.lt(5)),
        Reading::MOOD
            .eq(Mood("glad".to_owned()))
            .and(Reading::ID.within(3..5)),
        Reading::MAYBE_DAY
            .is_not_distinct_from(NaiveDate::from_ymd_opt(-43, 3, 23).unwrap())
            .or(Reading::ID.eq(4))
            .and(Reading::ID.ne(8)),
    ];
    for (at, condition) in four.into_iter().enumerate() {
        let page = Listing::of(Reading)
            .filter(condition)
            .page(Page::first(5))
            .build()
            .unwrap();
        assert_eq!(run(&mut client, &page), ["{\"id\": 4}"], "{at}: {page:#}");
    }
    let extreme = Listing::of(Reading)
        .filter(Reading::DOUBLE.ne(f64::NAN))
        .filter(Reading::DOUBLE.gt(f64::NEG_INFINITY))
        .filter(Reading::SINGLE.lt(f32::INFINITY))
        .filter(Reading::DOUBLE.none_of([f64::INFINITY, -1e300, 5e-324]))
        .filter(Reading::SMALL.ge(i16::MIN))
        .filter(Reading::ID.gt(i32::MIN))
        .page(Page::first(20));
    assert_eq!(run(&mut client, &extreme.build().unwrap()).len(), 10);
}

#[test]
fn arrays_of_varchar_and_lists_of_arrays_are_compared() {
    let (_database, mut client) = readings();
    let words = vec!["a".to_owned(), "B2".to_owned()];
    for condition in [
        Reading::WORDS.eq(words.clone()),
        Reading::WORDS.any_of([words.clone(), vec!["none".to_owned()]]),
        Reading::WORDS
            .none_of([words])
            .or(Reading::WORDS.is_null())
            .and(Reading::ID.lt(0))
            .or(Reading::ID.eq(2)),
        Reading::NUMBERS.any_of([vec![2, -2], vec![], vec![7]]),
        !Reading::NUMBERS.none_of([vec![2, -2]]),
    ] {
        let page = Listing::of(Reading)
            .filter(condition)
            .page(Page::first(5))
            .build()
            .unwrap();
        assert_eq!(run(&mut client, &page), ["{\"id\": 2}"], "{page:#}");
    }
    let all = Reading::NUMBERS.none_of(Vec::<Vec<i64>>::new());
    let page = Listing::of(Reading)
        .filter(all)
        .page(Page::first(50))
        .build()
        .unwrap();
    assert_eq!(run(&mut client, &page).len(), 12);
    let nothing = Reading::NUMBERS.any_of(Vec::<Vec<i64>>::new());
    let page = Listing::of(Reading)
        .filter(nothing)
        .page(Page::first(50))
        .build()
        .unwrap();
    assert_eq!(run(&mut client, &page).len(), 0);
}

#[test]
fn the_host_compares_an_enumeration_of_the_database() {
    let (_database, mut client) = readings();
    let sad = || Mood("sad".to_owned());
    for condition in [
        Reading::MOOD.eq(sad()),
        Reading::MOOD.any_of([sad()]),
        Reading::MOOD.none_of([Mood("glad".to_owned())]),
        Reading::MOOD.lt(Mood("glad".to_owned())),
        Reading::MOODS.eq(vec![sad()]),
        Reading::MOODS.any_of([vec![sad()], vec![]]),
    ] {
        let page = Listing::of(Reading)
            .filter(condition)
            .page(Page::first(20))
            .build()
            .unwrap();
        let rows = page
            .fetch(&mut client)
            .unwrap_or_else(|error| panic!("{error}\n{page:#}"));
        assert_eq!(rows.len(), 4, "{page:#}");
    }
}

/// Beside the match of a text, a pipeline writes `=` as a list of one value, but for what has no list of its type.
#[test]
fn equality_of_every_type_beside_the_match_of_a_text() {
    let (_database, mut client) = readings();
    let instant: DateTime<Utc> = "2025-11-01T00:00:00Z".parse().unwrap();
    for condition in [
        Reading::SMALL.eq(2),
        Reading::SINGLE.eq(0.5_f32),
        Reading::DOUBLE.eq(0.25),
        Reading::FLAG.eq(true).and(Reading::ID.eq(2)),
        Reading::DAY.eq(NaiveDate::from_ymd_opt(2026, 1, 2).unwrap()),
        Reading::INSTANT.eq(instant),
        Reading::NUMBERS.eq(vec![2, -2]),
        Reading::WORDS.eq(vec!["a".to_owned(), "B2".to_owned()]),
        Reading::STATE.eq(State::Open),
        Reading::MOOD.eq(Mood("glad".to_owned())),
    ] {
        let rows = |condition: Predicate<Reading>, client: &mut Client| {
            let listing = Listing::of(Reading).filter(condition);
            let page = listing.page(Page::first(20)).build().unwrap();
            run(client, &page)
        };
        let matching = Predicate::all([condition.clone(), Reading::STATE_TEXT.contains("p")]);
        let expected = rows(matching, &mut client);
        assert!(!expected.is_empty(), "{condition:?}");
        let pipeline = FilterPipeline::new()
            .filter(Filter::new("text", Reading::STATE_TEXT.contains("p")))
            .filter(Filter::new("equal", condition));
        assert_eq!(rows(pipeline.predicate(), &mut client), expected);
    }
}

/// Every order that a column of any type can give is walked from both ends by cursors that have been text.
#[test]
fn every_type_is_paged_by_keyset() {
    let (_database, mut client) = readings();
    let orders = [
        Reading::SMALL.asc(),
        Reading::SINGLE.desc(),
        Reading::DOUBLE.desc(),
        Reading::DOUBLE.asc(),
        Reading::MAYBE_DOUBLE.asc(),
        Reading::MAYBE_DOUBLE.desc().nulls_first(),
        Reading::FLAG.desc(),
        Reading::DAY.asc(),
        Reading::MAYBE_DAY.desc(),
        Reading::WALL_TIME.desc(),
        Reading::INSTANT.asc(),
        Reading::NUMBERS.desc(),
        Reading::WORDS.asc(),
        Reading::WORDS.desc().nulls_first(),
        Reading::KNOWN_WORDS.desc(),
        Reading::STATE.asc(),
        Reading::MOOD.desc(),
        Reading::MOODS.asc(),
    ];
    let mut orders: Vec<_> = orders.into_iter().map(|order| vec![order]).collect();
    // NULL and equal values inside, in directions that agree and that do not.
    orders.extend([
        vec![Reading::FLAG.asc(), Reading::MAYBE_DOUBLE.asc()],
        vec![
            Reading::SMALL.desc(),
            Reading::MAYBE_DAY.desc().nulls_first(),
        ],
        vec![
            Reading::WORDS.asc().nulls_first(),
            Reading::MAYBE_DOUBLE.desc(),
        ],
        vec![
            Reading::MAYBE_DAY.asc(),
            Reading::MAYBE_DOUBLE.desc().nulls_first(),
            Reading::ID.desc(),
        ],
    ]);
    for order in orders {
        let listing = Listing::of(Reading).order_by_all(order);
        let whole = listing.clone().page(Page::first(50)).build().unwrap();
        let whole: Vec<i32> = whole
            .fetch(&mut client)
            .unwrap()
            .decode(|row| row.get(Reading::ID))
            .unwrap();
        assert_eq!(whole.len(), 12);
        let mut forwards = Vec::new();
        let mut page = Some(Page::first(5));
        while let Some(this) = page {
            let rows = listing
                .clone()
                .page(this)
                .build()
                .unwrap()
                .fetch(&mut client)
                .unwrap();
            forwards.extend(rows.decode(|row| row.get(Reading::ID)).unwrap());
            page = rows
                .next_cursor()
                .map(|cursor| Page::after(cursor.to_string().parse().unwrap(), 5));
            assert!(forwards.len() <= 12, "{listing:?}");
        }
        assert_eq!(forwards, whole, "{listing:?}");
        let mut backwards = Vec::new();
        let mut page = Some(Page::last(5));
        while let Some(this) = page {
            let rows = listing
                .clone()
                .page(this)
                .build()
                .unwrap()
                .fetch(&mut client)
                .unwrap();
            let mut ids = rows.decode(|row| row.get(Reading::ID)).unwrap();
            ids.extend(backwards);
            backwards = ids;
            page = rows
                .previous_cursor()
                .map(|cursor| Page::before(cursor.to_string().parse().unwrap(), 5));
            assert!(backwards.len() <= 12, "{listing:?}");
        }
        assert_eq!(backwards, whole, "{listing:?}");
    }
}

entity! {
    /// Its tenant is a text.
    Note = "my notes" in "Sales Dept" as "Note, the" {
        key ID: String = "Select";
        tenant OWNER: String = "user";
        TITLE: Option<String> = "Title of the Note";
        ORDER: i32 = "order";
        PARENT: Option<String> = "from";
    }
}

entity! {
    /// Odd names all over.
    Line = "where" in "Sales Dept" as "group" {
        key ID: i64 = "limit";
        tenant through NOTE => Note;
        NOTE: String = "naïve ✓ column";
        AMOUNT: i16 = "100%";
    }
}

#[test]
fn odd_names_are_quoted_everywhere() {
    let (_database, mut client) = empty();
    client
        .batch_execute(
            r#"CREATE SCHEMA "Sales Dept";
               CREATE TABLE "Sales Dept"."my notes" ("Select" text PRIMARY KEY, "user" text NOT NULL,
                   "Title of the Note" text, "order" integer NOT NULL, "from" text);
               CREATE TABLE "Sales Dept"."where" ("limit" bigint PRIMARY KEY, "naïve ✓ column" text NOT NULL, "100%" smallint NOT NULL);
               INSERT INTO "Sales Dept"."my notes" VALUES ('a', 'o''hara', 'One', 1, NULL), ('b', 'o''hara', NULL, 2, 'a'),
                   ('c', 'o''hara', 'Three', 2, 'a'), ('d', 'else', 'Four', 3, 'a');
               INSERT INTO "Sales Dept"."where" VALUES (1, 'a', 10), (2, 'a', 20), (3, 'b', 5), (4, 'd', 7)"#,
        )
        .unwrap();
    let lines = Relation::many("select", Note::ID, Line::NOTE);
    let parent: ToOne<Note, Note> = ToOne::new("Parent's \"row\"", Note::PARENT);
    let title = parent.value(Note::TITLE).named("Title \"quoted\"");
    let sum = lines.sum(Line::AMOUNT).named("sum of 100%");
    let listing = Listing::of(Note)
        .tenant("o'hara")
        .filter(
            lines
                .filter(Line::AMOUNT.gt(1))
                .exists()
                .or(Note::TITLE.is_not_null()),
        )
        .order_by(Note::ORDER.desc())
        .show((Note::TITLE, &title, &sum))
        .page(Page::first(10).with_total(Total::Exact));
    both(&mut client, &listing);
    let rows = listing.build().unwrap().fetch(&mut client).unwrap();
    let read = rows
        .decode(|row| Ok((row.get(Note::ID)?, row.get(&title)?, row.get(&sum)?)))
        .unwrap();
    let one = || Some("One".to_owned());
    assert_eq!(
        read,
        [
            ("c".to_owned(), one(), 0),
            ("b".to_owned(), one(), 5),
            ("a".to_owned(), None, 30)
        ]
    );

    let by_parent = Listing::of(Note)
        .tenant("o'hara")
        .order_by(title.desc())
        .show(&title)
        .page(Page::first(10));
    both(&mut client, &by_parent);
    let lines = Listing::of(Line)
        .tenant("o'hara")
        .order_by(Line::AMOUNT.asc())
        .page(Page::first(10));
    let (page, _) = both(&mut client, &lines);
    let ids = page
        .fetch(&mut client)
        .unwrap()
        .decode(|row| row.get(Line::ID))
        .unwrap();
    assert_eq!(ids, [3, 1, 2]);
}

entity! {
    /// Its tenant is an integer of 4 bytes.
    Item = "items" as "item" {
        key ID: i64 = "id";
        tenant SHOP: i32 = "shop";
    }
}

entity! {
    /// Its tenant is an integer of 2 bytes.
    Bin = "bins" as "bin" {
        key ID: i64 = "id";
        tenant SHOP: i16 = "shop";
    }
}

#[test]
fn a_tenant_fits_the_column_or_is_refused() {
    let (_database, mut client) = empty();
    client
        .batch_execute(
            "CREATE TABLE items (id bigint PRIMARY KEY, shop integer NOT NULL);
             CREATE TABLE bins (id bigint PRIMARY KEY, shop smallint NOT NULL);
             INSERT INTO items VALUES (1, 7), (2, 8); INSERT INTO bins VALUES (5, 7), (6, 8)",
        )
        .unwrap();
    let items = Listing::of(Item).page(Page::first(5));
    let page = items.clone().tenant(7_i64).build().unwrap();
    assert_eq!(run(&mut client, &page), ["{\"id\": 1}"]);
    let bins = Listing::of(Bin).page(Page::first(5));
    let page = bins.clone().tenant(8_u32).build().unwrap();
    assert_eq!(run(&mut client, &page), ["{\"id\": 6}"]);

    let refused = [
        items.clone().tenant("7").build().unwrap_err(),
        items.clone().tenant(1_i64 << 40).build().unwrap_err(),
        bins.tenant(70_000).build().unwrap_err(),
        Listing::of(Note)
            .tenant(7)
            .page(Page::first(5))
            .build()
            .unwrap_err(),
    ];
    let messages: Vec<_> = refused.iter().map(ToString::to_string).collect();
    for (error, named) in refused.iter().zip(["shop", "shop", "shop", "user"]) {
        assert!(
            matches!(error, Error::TenantType { column, .. } if *column == named),
            "{error}"
        );
    }
    insta::assert_snapshot!("tenant_types", messages.join("\n"));
}

#[cfg(feature = "uuid")]
mod uuids {
    use pagewise::chat::{Experiment, Participant, Session};
    use pagewise::{Listing, Page, Relation, entity};
    use uuid::Uuid;

    use crate::support::{TEAM, both, empty, reader, run};

    entity! {
        /// Keys and tenants that are UUIDs.
        Parcel = "parcels" as "parcel" {
            key ID: Uuid = "id";
            tenant SHOP: Uuid = "shop";
            INSIDE: Option<Uuid> = "inside";
        }
    }

    #[test]
    fn uuid_columns_are_shown_compared_and_paged() {
        let mut client = reader();
        let chatbot = Session::experiment()
            .value(Experiment::PUBLIC_ID)
            .named("chatbot");
        let listing = Listing::of(Session)
            .tenant(TEAM)
            .order_by(chatbot.desc())
            .show(&chatbot);
        both(&mut client, &listing.clone().page(Page::first(5)));
        let rows = listing
            .clone()
            .page(Page::first(5))
            .build()
            .unwrap()
            .fetch(&mut client)
            .unwrap();
        let cursor = rows.next_cursor().unwrap().to_string().parse().unwrap();
        both(&mut client, &listing.page(Page::after(cursor, 5)));

        let people = Listing::of(Participant)
            .tenant(TEAM)
            .show(Participant::PUBLIC_ID);
        let rows = people
            .clone()
            .page(Page::first(2))
            .build()
            .unwrap()
            .fetch(&mut client)
            .unwrap();
        let id = rows[1].get(Participant::PUBLIC_ID).unwrap();
        for condition in [
            Participant::PUBLIC_ID.eq(id),
            Participant::PUBLIC_ID.any_of([id, Uuid::nil()]),
        ] {
            let found = people.clone().filter(condition).page(Page::first(5));
            let (page, _) = both(&mut client, &found);
            let found = page.fetch(&mut client).unwrap();
            assert_eq!(found.len(), 1);
            assert_eq!(
                found[0].get(Participant::ID).unwrap(),
                rows[1].get(Participant::ID).unwrap()
            );
        }
    }

    #[test]
    fn a_tenant_may_be_a_uuid() {
        let (_database, mut client) = empty();
        client
            .batch_execute(
                "CREATE TABLE parcels (id uuid PRIMARY KEY, shop uuid NOT NULL, inside uuid);
                 INSERT INTO parcels SELECT lpad(to_hex(i), 32, '0')::uuid, lpad(to_hex(i % 2), 32, '0')::uuid,
                     CASE WHEN i > 2 THEN lpad(to_hex(i - 2), 32, '0')::uuid END FROM generate_series(1, 9) AS i",
            )
            .unwrap();
        let inner = Relation::many("inner", Parcel::ID, Parcel::INSIDE);
        let ids = inner.array_agg(Parcel::ID, Parcel::ID.asc()).named("ids");
        let listing = Listing::of(Parcel)
            .tenant(Uuid::from_u128(1))
            .order_by(Parcel::INSIDE.desc())
            .show((&ids, &inner.count()));
        let (page, _) = both(&mut client, &listing.clone().page(Page::first(3)));
        let rows = page.fetch(&mut client).unwrap();
        let read = rows
            .decode(|row| Ok((row.get(Parcel::ID)?.as_u128(), row.get(&ids)?.len())))
            .unwrap();
        assert_eq!(read, [(9, 0), (7, 1), (5, 1)]);
        let next = rows.next_cursor().unwrap().to_string().parse().unwrap();
        let page = listing.page(Page::after(next, 3)).build().unwrap();
        assert_eq!(run(&mut client, &page).len(), 2);
        let wrong = Listing::of(Parcel)
            .tenant("1")
            .page(Page::first(3))
            .build()
            .unwrap_err();
        assert!(
            matches!(wrong, pagewise::Error::TenantType { .. }),
            "{wrong}"
        );
    }
}

/// What the server refuses of a cursor is the cursor's fault: begin again.
#[test]
fn a_cursor_of_a_value_that_is_no_more() {
    let (_database, mut client) = readings();
    for order in [Reading::MOOD.desc(), Reading::MOODS.desc()] {
        let listing = Listing::of(Reading).order_by(order);
        let page = listing.clone().page(Page::first(2)).build().unwrap();
        let rows = page.fetch(&mut client).unwrap();
        let next = rows.next_cursor().unwrap();
        client
            .batch_execute("ALTER TYPE mood RENAME VALUE 'glad' TO 'merry'")
            .unwrap();
        let page = |listing: Listing<Reading>| listing.page(Page::after(next.clone(), 2)).build();
        let refused = page(listing.clone()).unwrap().fetch(&mut client);
        assert!(
            matches!(refused, Err(Error::Cursor(CursorError::Malformed))),
            "{refused:?}"
        );
        // What a filter has is not the cursor's.
        let other = listing.filter(Reading::MOOD.eq(Mood("sadder".to_owned())));
        client
            .batch_execute("ALTER TYPE mood RENAME VALUE 'merry' TO 'glad'")
            .unwrap();
        let refused = page(other).unwrap().fetch(&mut client);
        assert!(
            matches!(refused, Err(Error::Database { .. })),
            "{refused:?}"
        );
    }
}

#[test]
fn a_constant_sorts_nothing() {
    let (_database, mut client) = readings();
    let listing = Listing::of(Reading)
        .order_by(constant("x").asc())
        .order_by(Reading::FLAG.asc());
    let page = listing.page(Page::first(12));
    let sorted = Listing::of(Reading).order_by(Reading::FLAG.asc());
    let sorted = sorted.page(Page::first(12)).build().unwrap();
    assert_eq!(page.clone().build().unwrap().text(), sorted.text());
    both(&mut client, &page);
}
