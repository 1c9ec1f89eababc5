//! Views and indexes that somebody else has made, and have a name that is declared: they are left alone.

use pagewise::Error;
use pagewise::aggregate::Rows;
use pagewise::chat::Session;
use pagewise::ddl::materialized_view::{
    MaterializedView, Measure, Refreshed, WhileRefreshed, count,
};
use pagewise::ddl::{Migration, RunOptions};
use postgres::Client;

use super::lifecycle::{declared, insert, read, total};
use super::rebuild::{changed, relations};
use crate::support::empty;

/// A view of this name, of the same declaration as [`declared`].
fn called(name: &'static str) -> (MaterializedView<Session>, Measure<i64>) {
    let rows = Rows::of(Session);
    let sessions = count(&rows).named("sessions");
    let view = MaterializedView::of(name, &rows)
        .by(Session::PLATFORM)
        .by(Session::ENDED_AT);
    (view.measures(&sessions), sessions)
}

fn by_hand(client: &mut Client, name: &str) {
    let text = format!("CREATE MATERIALIZED VIEW {name} AS SELECT 'by hand' AS made");
    client.batch_execute(&text).unwrap();
}

fn is_by_hand(client: &mut Client, name: &str) -> bool {
    let row = client.query_one(&format!("SELECT made FROM {name}"), &[]);
    row.is_ok_and(|row| row.get::<_, String>(0) == "by hand")
}

fn comment(client: &mut Client, name: &str) -> String {
    let text = format!("SELECT obj_description('{name}'::regclass, 'pg_class')");
    client.query_one(&text, &[]).unwrap().get(0)
}

/// What the server has said, with what is to be done.
fn refused<T: std::fmt::Debug>(result: Result<T, Error>) -> String {
    let Err(Error::Database { source, .. }) = result else {
        panic!("{result:?}");
    };
    let error = source.as_db_error().unwrap();
    assert!(error.hint().is_some(), "{error}");
    error.to_string()
}

#[test]
fn steps_that_were_refused_are_taken_back() {
    let (_database, mut client) = empty();
    let (view, _) = declared();
    by_hand(&mut client, "by_platform");
    by_hand(&mut client, "by_platform_next");
    for steps in [view.steps().unwrap(), view.rebuild_steps().unwrap()] {
        let migration = Migration::new().phase("views", steps);
        let error = migration.run(&mut client, &RunOptions::default());
        assert!(error.is_err());
        migration.undo(&mut client, &RunOptions::default()).unwrap();
        for name in ["by_platform", "by_platform_next"] {
            assert!(is_by_hand(&mut client, name), "{name}");
        }
    }
    let said = client.batch_execute(&view.create_text().unwrap());
    let said = said.unwrap_err();
    let said = said.as_db_error().unwrap();
    assert!(
        said.message().contains("is not as it is declared"),
        "{said}"
    );
    assert!(said.hint().unwrap().contains("rename it"), "{said}");
}

#[test]
fn what_is_taken_back_is_of_this_declaration() {
    let (_database, mut client) = empty();
    let (old, new) = (declared(), changed());
    let migration =
        |view: &MaterializedView<Session>| Migration::new().phase("views", view.steps().unwrap());
    let options = RunOptions::default();
    migration(&old.0).run(&mut client, &options).unwrap();
    assert!(migration(&new.0).run(&mut client, &options).is_err());
    migration(&new.0).undo(&mut client, &options).unwrap();
    assert_eq!(read(&mut client), 0);

    // Nor is a rebuild of another declaration.
    let rebuild = |view: &MaterializedView<Session>| {
        Migration::new().phase("views", view.rebuild_steps().unwrap())
    };
    let [create, ..] = new.0.rebuild_texts().unwrap();
    client.batch_execute(&create).unwrap();
    let all = relations(&mut client);
    assert_eq!(all.len(), 4, "{all:?}");
    rebuild(&old.0).undo(&mut client, &options).unwrap();
    assert_eq!(relations(&mut client), all);
    rebuild(&new.0).undo(&mut client, &options).unwrap();
    assert_eq!(relations(&mut client), ["by_platform", "by_platform_key"]);
    migration(&old.0).undo(&mut client, &options).unwrap();
    assert!(relations(&mut client).is_empty());
    migration(&old.0).undo(&mut client, &options).unwrap();
}

#[test]
fn a_view_that_is_called_as_the_next_would_be() {
    let (_database, mut client) = empty();
    let (old, new) = (declared(), changed());
    // It is even of the same declaration.
    let (neighbor, sessions) = called("by_platform_next");
    insert(&mut client, 5);
    neighbor.rebuild(&mut client).unwrap();
    old.0.create(&mut client).unwrap();
    let is_there = |client: &mut Client| {
        let rows = total(&neighbor, &sessions).fetch(client);
        assert_eq!(rows.unwrap()[0].get(&sessions).unwrap(), 5);
        assert!(neighbor.state(client).unwrap().unwrap().is_current);
    };
    let said = refused(new.0.rebuild(&mut client));
    assert!(said.contains("\"by_platform_next\" is there"), "{said}");
    is_there(&mut client);
    // Not even if it comes between the steps.
    let [_, fill, swap] = new.0.rebuild_texts().unwrap();
    client.batch_execute(&fill).unwrap();
    assert!(client.batch_execute(&swap).is_err());
    is_there(&mut client);
    assert!(old.0.state(&mut client).unwrap().unwrap().is_current);
    old.0.drop(&mut client).unwrap();
    assert_eq!(old.0.state(&mut client).unwrap(), None);
    is_there(&mut client);
    assert!(refused(old.0.rebuild(&mut client)).contains("_next"));
    is_there(&mut client);
}

#[test]
fn the_next_of_a_view_is_nobody_elses() {
    let (_database, mut client) = empty();
    let (neighbor, _) = called("by_platform_next");
    let (view, sessions) = declared();
    let [create, fill, _] = view.rebuild_texts().unwrap();
    for text in [&create, &fill] {
        client.batch_execute(text).unwrap();
    }
    let mark = "pagewise next materialized view \"by_platform\" of ";
    assert!(comment(&mut client, "by_platform_next").starts_with(mark));
    assert!(!neighbor.state(&mut client).unwrap().unwrap().is_current);
    refused(neighbor.drop(&mut client));
    refused(neighbor.rebuild(&mut client));
    assert!(neighbor.create(&mut client).is_err());

    // Its time is known when it has taken the name.
    view.rebuild(&mut client).unwrap();
    assert!(comment(&mut client, "by_platform").starts_with("pagewise materialized view of "));
    let state = view.state(&mut client).unwrap().unwrap();
    assert!(state.is_current && state.refreshed_at.is_some());
    assert_eq!(relations(&mut client), ["by_platform", "by_platform_key"]);
    let rows = total(&view, &sessions).fetch(&mut client);
    assert_eq!(rows.unwrap()[0].get(&sessions).unwrap(), 0);

    // What was cut off goes when the view is dropped.
    let (other, _) = changed();
    let [create, ..] = other.rebuild_texts().unwrap();
    client.batch_execute(&create).unwrap();
    view.drop(&mut client).unwrap();
    assert!(relations(&mut client).is_empty());
}

#[test]
fn a_view_that_was_made_by_hand_is_neither_dropped_nor_swapped() {
    let (_database, mut client) = empty();
    let (view, _) = declared();
    // It may come when the next is there already.
    let texts = view.rebuild_texts().unwrap();
    for text in &texts[..2] {
        client.batch_execute(text).unwrap();
    }
    by_hand(&mut client, "by_platform");
    assert!(client.batch_execute(&texts[2]).is_err());
    let said = refused(view.rebuild(&mut client));
    assert!(said.contains("\"by_platform\" is there"), "{said}");
    refused(view.drop(&mut client));
    assert!(is_by_hand(&mut client, "by_platform"));
    assert!(view.refresh(&mut client, WhileRefreshed::Skip).is_err());
    assert!(is_by_hand(&mut client, "by_platform"));

    client
        .batch_execute("ALTER MATERIALIZED VIEW by_platform RENAME TO made_by_hand")
        .unwrap();
    view.rebuild(&mut client).unwrap();
    assert_eq!(read(&mut client), 0);
    assert_eq!(relations(&mut client), ["by_platform", "by_platform_key"]);
    view.drop(&mut client).unwrap();

    // Neither is a table.
    client.batch_execute("CREATE TABLE by_platform ()").unwrap();
    refused(view.drop(&mut client));
    refused(view.rebuild(&mut client));
    assert_eq!(relations(&mut client), ["by_platform"]);
}

/// Refreshes what is there concurrently, which only a view with its unique index can be.
fn has_its_index(client: &mut Client) {
    let (view, _) = declared();
    view.refresh(client, WhileRefreshed::Skip).unwrap();
    let refreshed = view.refresh(client, WhileRefreshed::Skip);
    assert_eq!(refreshed.unwrap(), Refreshed::Again);
}

#[test]
fn a_view_that_was_renamed_keeps_the_name_of_its_index() {
    let (_database, mut client) = empty();
    let (view, _) = declared();
    view.rebuild(&mut client).unwrap();
    client
        .batch_execute("ALTER MATERIALIZED VIEW by_platform RENAME TO renamed")
        .unwrap();
    let texts = view.rebuild_texts().unwrap();
    for _ in 0..2 {
        for result in [view.create(&mut client), view.rebuild(&mut client)] {
            let said = refused(result);
            let wanted =
                "\"by_platform_key\": the name is that of the index by_platform_key on renamed";
            assert!(said.contains(wanted), "{said}");
        }
        assert_eq!(view.state(&mut client).unwrap(), None);
        assert_eq!(relations(&mut client), ["by_platform_key"]);
    }
    client
        .batch_execute("ALTER INDEX by_platform_key RENAME TO renamed_key")
        .unwrap();
    view.create(&mut client).unwrap();
    has_its_index(&mut client);
    view.drop(&mut client).unwrap();

    // The name may be taken while the next is filled.
    for text in &texts[..2] {
        client.batch_execute(text).unwrap();
    }
    client
        .batch_execute("ALTER INDEX renamed_key RENAME TO by_platform_key")
        .unwrap();
    assert!(client.batch_execute(&texts[2]).is_err());
    refused(view.rebuild(&mut client));
    client
        .batch_execute("DROP MATERIALIZED VIEW renamed")
        .unwrap();
    view.rebuild(&mut client).unwrap();
    has_its_index(&mut client);
}

#[test]
fn a_constraint_that_is_called_as_the_index() {
    let (_database, mut client) = empty();
    let (view, _) = declared();
    for (constraint, is_next) in [("by_platform_key", false), ("by_platform_next_key", true)] {
        let text = format!("CREATE TABLE elsewhere (x int CONSTRAINT {constraint} UNIQUE)");
        client.batch_execute(&text).unwrap();
        if !is_next {
            let said = refused(view.create(&mut client));
            assert!(said.contains("on elsewhere"), "{said}");
        }
        let said = refused(view.rebuild(&mut client));
        assert!(said.contains("on elsewhere"), "{said}");
        assert_eq!(relations(&mut client), [constraint]);
        client.batch_execute("DROP TABLE elsewhere").unwrap();
    }

    // In another schema it is in nobody's way, on the search path or not.
    client
        .batch_execute(
            "CREATE SCHEMA another; SET search_path = public, another; \
             CREATE TABLE another.elsewhere (x int CONSTRAINT by_platform_key UNIQUE, \
                                             y int CONSTRAINT by_platform_next_key UNIQUE)",
        )
        .unwrap();
    view.create(&mut client).unwrap();
    has_its_index(&mut client);
    view.drop(&mut client).unwrap();
    view.rebuild(&mut client).unwrap();
    has_its_index(&mut client);
}
