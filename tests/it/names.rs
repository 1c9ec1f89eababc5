//! Names that a host gives: any that can be one works, whatever else is called so.

use pagewise::chat::{self, Experiment, Message, Session};
use pagewise::expression::coalesce;
use pagewise::{Error, Listing, Page, TextOrder, ToOne, Total};

use crate::bad_input::refused;
use crate::support::{TEAM, both, reader};

fn sessions() -> Listing<Session> {
    Listing::of(Session).tenant(TEAM)
}

#[test]
fn names_of_outputs() {
    let mut client = reader();
    let messages = Session::messages();
    let count = |name: &str| messages.count().named(name.to_owned());
    for name in [
        "page",
        "total",
        "messages",
        "session",
        "message",
        "first_part",
        "capped",
        "select",
        "chat_id",
        "created_at",
        "count",
        "with \"quotes\" and 'single' ones",
        "naïve ✓ 名前",
        " ",
        "$1",
        "a;b",
        "%s {} \\",
        "\"",
        "--",
        "team_id",
        "value",
        "order_status",
        &"x".repeat(63),
        &"é".repeat(31),
    ] {
        for listing in [
            sessions()
                .show(&count(name))
                .order_by(Session::STATUS.desc()),
            sessions()
                .order_by(count(name).desc())
                .show((&count(name), &chat::message_timestamps())),
            sessions()
                .order_by(
                    coalesce(Session::PLATFORM, Session::STATUS)
                        .named(name.to_owned())
                        .desc(),
                )
                .show(&messages.any(Message::ID.gt(0))),
            sessions().show((
                coalesce(Session::ENDED_AT, Session::UPDATED_AT).named(name.to_owned()),
                &messages.min(Message::ID),
            )),
        ] {
            both(
                &mut client,
                &listing
                    .clone()
                    .page(Page::first(5).with_total(Total::Capped(9))),
            );
            both(&mut client, &listing.page(Page::last(5)));
        }
        let page = sessions()
            .show(&count(name))
            .page(Page::first(1))
            .build()
            .unwrap();
        assert_eq!(page.outputs()[1].name, name);
        let rows = page.fetch(&mut client).unwrap();
        assert_eq!(
            rows[0].get_named::<i64>(name).unwrap(),
            rows[0].get(&count(name)).unwrap()
        );
    }
    let page = |listing: Listing<Session>| refused(listing.page(Page::first(5)));
    let mut errors = vec![
        page(sessions().show(&count(""))),
        page(sessions().show(&count(&"x".repeat(64)))),
        page(sessions().show(&count(&"é".repeat(32)))),
        page(sessions().show(Session::STATUS).show(&count("status"))),
        page(sessions().show((&count("n"), &messages.max(Message::ID).named("n")))),
        page(sessions().show(&count("id"))),
        page(sessions().show(&count("total_rows"))),
    ];
    errors.push(page(sessions().order_by(count("").asc())));
    let errors: Vec<_> = errors.iter().map(ToString::to_string).collect();
    insta::assert_snapshot!("names", errors.join("\n"));

    // The same thing twice is one thing.
    let twice = sessions()
        .show((Session::STATUS, &count("n"), Session::STATUS, &count("n")))
        .page(Page::first(5));
    assert_eq!(both(&mut client, &twice).0.outputs().len(), 3);
    // What is only sorted by makes way for what is shown.
    let sorted = sessions()
        .order_by(Session::STATUS.asc())
        .show(&count("status"))
        .page(Page::first(5));
    both(&mut client, &sorted);
    let long = "x".repeat(63);
    let sorted = sessions()
        .order_by(count(&long).asc())
        .show(&messages.max(Message::ID).named(long))
        .page(Page::first(5));
    both(&mut client, &sorted);
}

#[test]
fn names_of_relations() {
    let mut client = reader();
    let related = |name: &str| Session::messages().named(name.to_owned());
    for name in [
        "page",
        "total",
        "session",
        "message",
        "first_part",
        "capped",
        "select",
        "a \"b\" 'c'",
        "✓",
        "messages",
        &"x".repeat(63),
        &"é".repeat(31),
    ] {
        let relation = related(name);
        let listing = sessions()
            .filter(relation.exists().or(relation.count().eq(0)))
            // Three sources of one name.
            .show((
                &relation.count().named("n"),
                &relation.first(Message::ID, Message::ID.asc()).named("f"),
                &relation.last(Message::ID, Message::ID.asc()).named("l"),
            ))
            .order_by(relation.max(Message::ID).named("m").desc());
        both(
            &mut client,
            &listing
                .clone()
                .page(Page::first(5).with_total(Total::Capped(9))),
        );
        both(&mut client, &listing.page(Page::last(5)));
    }
    for name in ["", &"x".repeat(64), "a\0"] {
        let error = sessions()
            .show(&related(name).count().named("n"))
            .page(Page::first(5))
            .build()
            .unwrap_err();
        assert!(matches!(error, Error::InvalidName { .. }), "{error}");
    }
    // The rows that are joined for sorting, called like the rows that are sorted.
    for name in ["session", "page", "experiment", "total"] {
        let chatbot: ToOne<Session, Experiment> = ToOne::new(name, Session::EXPERIMENT_ID);
        let name = chatbot.value(Experiment::NAME).named("chatbot");
        let listing = sessions()
            .filter(Session::messages().exists())
            .order_by(name.desc());
        both(
            &mut client,
            &listing
                .clone()
                .show((&name, &chatbot.value(Experiment::ID).named("its_id")))
                .page(Page::first(5)),
        );
        both(
            &mut client,
            &listing.page(Page::first(5).with_total(Total::Exact)),
        );
    }
}

#[test]
fn relations_from_a_table_to_itself() {
    let mut client = reader();
    let versions = Experiment::versions;
    let siblings = versions()
        .named("siblings")
        .filter(Experiment::VERSION_NUMBER.gt(1));
    let of_versions = versions()
        .then(Experiment::versions())
        .named("versions of versions");
    let sessions_of_versions = versions().then(Experiment::sessions());
    let nested = versions().filter(
        Experiment::versions()
            .is_empty()
            .and(Experiment::sessions().count().eq(0)),
    );
    let listing = Listing::of(Experiment)
        .tenant(TEAM)
        .filter(versions().exists().or(nested.exists()))
        .order_by(versions().max(Experiment::VERSION_NUMBER).desc())
        .show((
            &versions().count(),
            &siblings.count(),
            &of_versions.count().named("deep"),
            &sessions_of_versions.count().named("sessions"),
            &nested.count().named("unused"),
            &versions().string_agg_distinct(Experiment::NAME, ",", TextOrder::Natural),
        ));
    let (page, _) = both(&mut client, &listing.page(Page::first(5)));
    let rows = page.fetch(&mut client).unwrap();
    for row in &rows {
        let id = row.get(Experiment::ID).unwrap();
        let count = client.query_one(
            "SELECT count(*) FROM experiments_experiment WHERE working_version_id = $1",
            &[&id],
        );
        let count: i64 = count.unwrap().get(0);
        assert_eq!(row.get(versions().count()).unwrap(), count);
        assert!(count > 0);
        assert_eq!(
            row.get_named::<i64>("deep").unwrap(),
            0,
            "a version has no versions"
        );
    }
}
