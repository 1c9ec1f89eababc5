//! What comes from outside gives a typed error or the right rows: never a panic, never broken SQL.

use std::time::{Duration, Instant};

use pagewise::chat::{self, Chat, Experiment, Match, Message, Session, TaggedItem, Trace, User};
use pagewise::expression::{coalesce, lower, value};
use pagewise::filter::{Filter, FilterPipeline};
use pagewise::listing::{SortFields, VisibleColumns};
use pagewise::{
    Error, Listing, Page, Predicate, Relation, Statistics, Strategy, TextOrder, TimeZone, Total,
    entity,
};

use crate::support::{TEAM, both, reader, run, taggable};

fn sessions() -> Listing<Session> {
    Listing::of(Session).tenant(TEAM)
}

pub fn refused<E: pagewise::Entity>(listing: Listing<E>) -> Error {
    let optimized = listing.clone().build().unwrap_err();
    let legacy = listing.strategy(Strategy::Legacy).build().unwrap_err();
    assert_eq!(optimized.to_string(), legacy.to_string());
    optimized
}

#[test]
fn pages_that_are_none() {
    let mut client = reader();
    let mut errors = vec![
        refused(sessions()),
        refused(sessions().page(Page::first(0))),
        refused(sessions().page(Page::last(0))),
        refused(sessions().page(Page::first(1001))),
        refused(sessions().page(Page::first(u32::MAX))),
        refused(sessions().max_page_size(10).page(Page::last(11))),
        refused(sessions().max_page_size(0).page(Page::first(1))),
        refused(sessions().page(Page::offset(u64::MAX, 5))),
        refused(sessions().page(Page::number(u64::MAX, 1000))),
    ];
    let largest = u64::try_from(i64::MAX).unwrap();
    errors.push(refused(sessions().page(Page::offset(largest + 1, 5))));
    let messages: Vec<_> = errors.iter().map(ToString::to_string).collect();
    insta::assert_snapshot!("pages", messages.join("\n"));

    for page in [
        Page::offset(largest, 5),
        Page::number(1 << 50, 1000),
        Page::number(largest, 1),
    ] {
        let past = sessions().page(page).build().unwrap();
        assert_eq!(past.fetch(&mut client).unwrap().len(), 0);
    }
    let first = sessions().page(Page::number(0, 5)).build().unwrap();
    assert_eq!(
        first.text(),
        sessions().page(Page::number(1, 5)).build().unwrap().text()
    );
    let huge = sessions()
        .max_page_size(u32::MAX)
        .page(Page::first(u32::MAX).with_total(Total::Capped(u32::MAX)));
    both(&mut client, &huge);
}

#[test]
fn a_tenant_forgotten() {
    let mut client = reader();
    let ids = taggable(&mut client);
    let page = || Page::first(5);
    let owned: Relation<User, Experiment> =
        Relation::many("chatbots", User::ID, Experiment::OWNER_ID);
    let users = || Listing::of(User).page(page());
    assert!(users().build().is_ok(), "users are shared");
    let mut messages = Vec::new();
    for error in [
        refused(Listing::of(Session).page(page())),
        // A message has no column of the team: its chat has.
        refused(Listing::of(Message).page(page())),
        refused(users().show(owned.count())),
        refused(users().filter(owned.exists())),
        refused(users().order_by(owned.count().desc())),
        refused(
            users().filter(
                owned
                    .clone()
                    .filter(Experiment::sessions().exists())
                    .is_empty(),
            ),
        ),
        refused(users().filter(owned.count().gt(3))),
        refused(users().show(owned.clone().then(Experiment::sessions()).count())),
        refused(
            Listing::of(TaggedItem)
                .filter(TaggedItem::CONTENT_TYPE_ID.eq(ids.chat.value()))
                .page(page()),
        ),
        refused(Listing::of(Trace).page(page().with_total(Total::Exact))),
    ] {
        assert!(matches!(error, Error::TenantRequired { .. }), "{error}");
        messages.push(error.to_string());
    }
    insta::assert_snapshot!("tenants", messages.join("\n"));
    both(
        &mut client,
        &users()
            .tenant(TEAM)
            .order_by(owned.count().desc())
            .show(owned.count()),
    );
    let wrong = refused(users().tenant("two").filter(owned.exists()));
    assert!(matches!(wrong, Error::TenantType { .. }), "{wrong}");
}

entity! {
    /// Its tenant is a text.
    Note = "notes" as "note" {
        key ID: String = "id";
        tenant OWNER: String = "owner";
    }
}

#[test]
fn nul_is_refused_wherever_a_text_may_enter() {
    let nul = "a\0b";
    let messages = Session::messages();
    let by_id = || Message::ID.asc();
    let contents = |delimiter: &str| messages.string_agg(Message::CONTENT, delimiter, by_id());
    let page = |listing: Listing<Session>| listing.page(Page::first(5));
    for (at, listing) in [
        sessions().filter(Session::STATUS.eq(nul)),
        sessions().filter(Session::STATUS.ne(nul)),
        sessions().filter(Session::PLATFORM.is_distinct_from(nul)),
        sessions().filter(Session::STATUS.within("a"..nul)),
        sessions().filter(Session::STATUS.any_of(["ok", nul])),
        sessions().filter(Session::STATUS.none_of([nul])),
        sessions().filter(Session::STATUS.contains(nul)),
        sessions().filter(Session::STATUS.starts_with_ignore_case(nul)),
        sessions().filter(Session::STATUS.eq_ignore_case(nul)),
        sessions().filter(!Session::STATUS.ends_with(nul)),
        sessions().filter(lower(Session::STATUS).eq(nul)),
        sessions().filter(coalesce(Session::PLATFORM, Session::STATUS).any_of([nul])),
        sessions().filter(
            Session::STATUS
                .eq("ok")
                .or(Session::STATUS.eq(nul).and(Session::ID.eq(1))),
        ),
        sessions().filter(Predicate::any([Session::STATUS.eq(nul)])),
        sessions().filter(messages.clone().filter(Message::CONTENT.eq(nul)).exists()),
        sessions().filter(Session::chat().value(Chat::NAME).eq(nul)),
        sessions().filter(
            Session::chat()
                .value(Chat::TRANSLATED_LANGUAGES)
                .eq(vec![nul.to_owned()]),
        ),
        sessions().filter(contents(", ").eq(nul)),
        sessions().filter(contents(nul).eq("x")),
        sessions().show(contents(nul)),
        sessions().show(coalesce(Session::PLATFORM, value(nul.to_owned()))),
        sessions().show(coalesce(contents(", "), value(nul.to_owned()))),
        sessions().order_by(contents(nul).asc()),
        sessions().show(messages.string_agg_distinct(Message::CONTENT, nul, TextOrder::Text)),
        sessions().order_by(
            messages
                .string_agg_distinct(Message::CONTENT, nul, TextOrder::Natural)
                .asc(),
        ),
        sessions().show(messages.any(Message::CONTENT.eq(nul))),
        sessions().show(messages.every(Message::CONTENT.contains(nul))),
        sessions().show(messages.clone().filter(Message::CONTENT.eq(nul)).count()),
        sessions().show(
            messages
                .clone()
                .filter(Message::CONTENT.eq(nul))
                .first(Message::ID, by_id()),
        ),
    ]
    .into_iter()
    .enumerate()
    {
        let error = refused(page(listing));
        assert!(matches!(error, Error::NulInText { .. }), "{at}: {error}");
    }
    let error = refused(Listing::of(Note).tenant(nul).page(Page::first(5)));
    insta::assert_snapshot!("nul_in_a_tenant", error);

    for listing in [
        sessions().show(messages.count().named(nul)),
        sessions().order_by(
            coalesce(Session::PLATFORM, Session::STATUS)
                .named(nul)
                .asc(),
        ),
        sessions().show(messages.clone().named(nul).count()),
    ] {
        let error = refused_by_one(page(listing));
        assert!(matches!(error, Error::InvalidName { .. }), "{error}");
    }
}

/// Refused at least where the name would be written.
fn refused_by_one(listing: Listing<Session>) -> Error {
    listing.build().unwrap_err()
}

#[test]
fn a_hundred_thousand_ids() {
    let mut client = reader();
    let all = sessions().page(Page::first(1000)).build().unwrap();
    let all = all
        .fetch(&mut client)
        .unwrap()
        .decode(|row| row.get(Session::ID))
        .unwrap();
    let wanted: Vec<i64> = all.iter().copied().step_by(7).collect();
    let mut ids: Vec<i64> = (0..100_000).map(|i| 10_000_000 + i).collect();
    ids.extend(&wanted);
    for strategy in [Strategy::Optimized, Strategy::Legacy] {
        let listing = sessions()
            .strategy(strategy)
            .filter(Session::ID.any_of(ids.clone()));
        let page = listing
            .page(Page::first(1000).with_total(Total::Exact))
            .build()
            .unwrap();
        let found = page.fetch(&mut client).unwrap();
        assert_eq!(found.decode(|row| row.get(Session::ID)).unwrap(), wanted);
        let others = sessions()
            .strategy(strategy)
            .filter(Session::ID.none_of(ids.clone()))
            .page(Page::first(1000));
        let others = others.build().unwrap().fetch(&mut client).unwrap();
        assert_eq!(others.len(), all.len() - wanted.len());
    }
    // Texts too, and long ones.
    let names = (0..100_000)
        .map(|i| format!("{i}-{}", "x".repeat(20)))
        .chain(["active".to_owned()]);
    let page = sessions()
        .filter(Session::STATUS.any_of(names))
        .page(Page::first(5))
        .build()
        .unwrap();
    assert_eq!(page.fetch(&mut client).unwrap().len(), 5);
}

#[test]
fn fields_that_a_request_sorts_by() {
    let mut client = reader();
    let messages = chat::message_timestamps();
    let fields = SortFields::new()
        .field("status", Session::STATUS.asc(), Session::STATUS.desc())
        .field("last_message", messages.last.asc(), messages.last.desc());
    for request in [
        "password",
        "status;--",
        "-",
        "--status",
        "STATUS",
        "status, last",
        "\0",
        "-\"id\"",
        "statüs",
    ] {
        let error = fields.parse(request).unwrap_err();
        assert!(
            matches!(error, Error::UnknownSortField { .. }),
            "{request}: {error}"
        );
    }
    for request in ["", ",,", " status , -last_message", "status,status,-status"] {
        let listing = sessions()
            .order_by_all(fields.parse(request).unwrap())
            .page(Page::first(5));
        both(&mut client, &listing);
    }
    let many = vec!["status"; 10_000].join(",");
    both(
        &mut client,
        &sessions()
            .order_by_all(fields.parse(&many).unwrap())
            .page(Page::first(5)),
    );
}

#[test]
fn conditions_of_any_depth() {
    let mut client = reader();
    let nested = |times: i64| {
        (0..times).fold(Session::ID.gt(0), |condition, depth| {
            !(condition
                .and(Session::ID.ne(-depth))
                .or(Session::STATUS.eq("none")))
        })
    };
    let page = |condition| sessions().filter(condition).page(Page::first(3)).build();
    assert_eq!(
        page(nested(20)).unwrap().fetch(&mut client).unwrap().len(),
        3
    );
    // More than the stack would take.
    for condition in [
        nested(150),
        Session::messages().filter(nested_messages(150)).exists(),
    ] {
        let refused = page(condition).unwrap_err();
        assert!(
            matches!(refused, Error::TooDeep { limit: 64, .. }),
            "{refused}"
        );
    }
    let listing = || sessions().page(Page::first(3));
    let of_a_column = (0..150).fold(lower(Session::STATUS), |nested, _| lower(nested));
    let tags = Session::messages().string_agg(Message::CONTENT, ", ", Message::ID.asc());
    let of_an_annotation = (0..150).fold(lower(tags), |nested, _| lower(nested));
    for refused in [
        listing().show(of_a_column).build().unwrap_err(),
        listing().show(of_an_annotation).build().unwrap_err(),
    ] {
        assert!(
            matches!(refused, Error::TooDeep { limit: 64, .. }),
            "{refused}"
        );
    }
    let all = (0..150).fold(Predicate::all([]), |all, _| Predicate::all([all]));
    assert!(matches!(page(all).unwrap_err(), Error::TooDeep { .. }));
    for (condition, count) in [
        (Predicate::all([]), 4),
        (Predicate::any([]), 0),
        (!Predicate::all([]), 0),
        (!Predicate::any([]), 4),
        (Session::ID.any_of(Vec::<i64>::new()), 0),
        (Session::STATUS.none_of(Vec::<String>::new()), 4),
        (Session::STATUS.contains(""), 4),
        (Session::STATUS.contains("%"), 0),
        (Session::STATUS.contains("_"), 0),
        (Session::STATUS.contains("\\"), 0),
    ] {
        let page = sessions()
            .filter(condition)
            .page(Page::first(3))
            .build()
            .unwrap();
        assert_eq!(run(&mut client, &page).len(), count, "{page:#}");
    }
}

/// On a thread of its own, whose stack is the smallest that a service has: 2 MiB.
#[test]
fn conditions_of_any_number() {
    let page = |condition: Predicate<Session>| sessions().filter(condition).page(Page::first(3));
    let build = move || {
        let many = || (0..50_000).map(|i| Session::ID.ne(-i));
        let few = || (0..5_000).map(|i| Session::ID.eq(-i));
        let listings = [
            page(Predicate::any(few())),
            page(Predicate::all(many())),
            page(!Predicate::all(many())),
            page(few().reduce(Predicate::or).unwrap()),
            page(few().reduce(|all, one| one.or(all)).unwrap()),
            page(few().reduce(|all, one| one.and(all)).unwrap()),
            many().fold(page(Session::ID.gt(0)), Listing::filter),
            page(Session::EXPERIMENT_VERSIONS.none_of((0..5_000).map(|i| vec![i]))),
            page(
                (0..5_000)
                    .fold(Session::messages(), |messages, i| {
                        messages.filter(Message::ID.ne(-i))
                    })
                    .exists(),
            ),
        ];
        for strategy in [Strategy::Optimized, Strategy::Legacy] {
            for listing in &listings {
                let page = listing.clone().strategy(strategy).build().unwrap();
                assert!(page.statement().to_literal_sql().len() > page.text().len());
            }
        }
        // As many as there may be at once: one inside the other, in chains.
        let chains = (0..20).fold(Session::ID.gt(0), |inner, _| {
            let all = Predicate::all(std::iter::once(inner).chain(many().take(7)));
            Predicate::any(std::iter::once(!all).chain(many().take(7)))
        });
        page(chains).build().unwrap();
    };
    let built = std::thread::Builder::new()
        .stack_size(2 << 20)
        .spawn(build)
        .unwrap();
    built.join().unwrap();

    let mut client = reader();
    let ids: Vec<i64> = both(&mut client, &page(Predicate::all([])))
        .0
        .fetch(&mut client)
        .unwrap()
        .decode(|row| row.get(Session::ID))
        .unwrap();
    // A part with OR in it, among many that are joined by AND.
    let parts = (1..20).map(|i| Session::ID.eq(ids[2]).or(Session::ID.eq(-i)));
    let (found, _) = both(&mut client, &page(Predicate::all(parts)));
    let found = found.fetch(&mut client).unwrap();
    assert_eq!(
        found.decode(|row| row.get(Session::ID)).unwrap(),
        ids[2..=2]
    );
    let many = Predicate::any((0..20).map(|i| Session::ID.eq(ids[1]).and(Session::ID.ne(-i))));
    let (found, _) = both(&mut client, &page(many.and(Session::ID.ne(0))));
    let found = found.fetch(&mut client).unwrap();
    assert_eq!(
        found.decode(|row| row.get(Session::ID)).unwrap(),
        ids[1..=1]
    );
}

fn nested_messages(times: i64) -> Predicate<Message> {
    (0..times).fold(Message::ID.gt(0), |condition, _| {
        !condition.or(Message::CONTENT.eq("none"))
    })
}

/// As long a list of tags as a request may have, and more conditions than a host writes.
#[test]
fn estimates_of_much_take_little_time() {
    let mut client = reader();
    let ids = taggable(&mut client);
    let statistics = Statistics::read(&mut client, &chat::filter_tables()).unwrap();
    let names = || (0..100_000).map(|i| format!("tag-{i}"));
    let many = Predicate::all((0..20_000).map(|i| Session::ID.ne(-i)));
    let start = Instant::now();
    for condition in [
        chat::tagged(&ids, Match::all_of(names())),
        chat::tagged(&ids, Match::any_of(names())),
        many,
    ] {
        let pipeline = FilterPipeline::new()
            .filter(Filter::new("many", condition))
            .statistics(statistics.clone());
        let page = sessions().filter_all(&pipeline).page(Page::first(3));
        page.build().unwrap();
    }
    let taken = start.elapsed();
    assert!(taken < Duration::from_secs(10), "{taken:?}");
}

#[test]
fn messages_show_the_beginning_of_what_a_request_said() {
    let long = "\u{1b}[2J".repeat(1_000_000);
    let columns = VisibleColumns::new().column("state", Session::STATUS);
    let fields = SortFields::new().field("state", Session::STATUS.asc(), Session::STATUS.desc());
    let refused = [
        columns.parse(&long).unwrap_err(),
        fields.parse(&long).unwrap_err(),
        long.parse::<TimeZone>().unwrap_err(),
    ];
    for refused in refused {
        let message = refused.to_string();
        assert!(message.len() < 1_000, "{} bytes", message.len());
        assert!(!message.contains('\u{1b}'), "{message}");
    }
}
