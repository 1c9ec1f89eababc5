//! Declarations that change.

use pagewise::Error;
use pagewise::aggregate::Rows;
use pagewise::chat::Session;
use pagewise::ddl::materialized_view::{
    MaterializedView, MaterializedViewError, Measure, Refreshed, WhileRefreshed, count,
};
use postgres::Client;

use super::lifecycle::{declared, insert, total};
use crate::support::empty;

/// A view of the same name, without those that have a platform.
pub fn changed() -> (MaterializedView<Session>, Measure<i64>) {
    let rows = Rows::of(Session).filter(Session::PLATFORM.is_null());
    let sessions = count(&rows).named("sessions");
    let view = MaterializedView::of("by_platform", &rows).by(Session::EXPERIMENT_ID);
    (view.measures(&sessions), sessions)
}

fn read(client: &mut Client, (view, sessions): &(MaterializedView<Session>, Measure<i64>)) -> i64 {
    let rows = total(view, sessions).fetch(client).unwrap();
    rows[0].get(sessions).unwrap()
}

/// What is there: views and their indexes.
pub fn relations(client: &mut Client) -> Vec<String> {
    let text = "SELECT relname::text FROM pg_class WHERE relname LIKE 'by_platform%' ORDER BY 1";
    client
        .query(text, &[])
        .unwrap()
        .iter()
        .map(|row| row.get(0))
        .collect()
}

fn is_changed<T: std::fmt::Debug>(result: Result<T, Error>) -> bool {
    matches!(
        result,
        Err(Error::MaterializedView(
            MaterializedViewError::Changed { .. }
        ))
    )
}

#[test]
fn a_changed_declaration_is_noticed_and_rebuilt() {
    let (_database, mut client) = empty();
    let (old, new) = (declared(), changed());
    insert(&mut client, 5);
    old.0.create(&mut client).unwrap();
    old.0.refresh(&mut client, WhileRefreshed::Skip).unwrap();

    assert!(is_changed(new.0.create(&mut client)));
    assert!(is_changed(new.0.refresh(&mut client, WhileRefreshed::Skip)));
    assert!(!new.0.state(&mut client).unwrap().unwrap().is_current);
    assert!(client.batch_execute(&new.0.create_text().unwrap()).is_err());
    assert_eq!(read(&mut client, &old), 5);

    new.0.rebuild(&mut client).unwrap();
    assert_eq!(read(&mut client, &new), 3);
    assert_eq!(relations(&mut client), ["by_platform", "by_platform_key"]);
    assert!(is_changed(old.0.refresh(&mut client, WhileRefreshed::Skip)));
    let refreshed = new.0.refresh(&mut client, WhileRefreshed::Skip);
    assert_eq!(refreshed.unwrap(), Refreshed::Again);

    // Nothing is to be done any more.
    let before = new.0.state(&mut client).unwrap().unwrap();
    new.0.rebuild(&mut client).unwrap();
    let after = new.0.state(&mut client).unwrap().unwrap();
    assert_eq!(before.refreshed_at, after.refreshed_at);
    // And where there is none, one is made.
    new.0.drop(&mut client).unwrap();
    new.0.rebuild(&mut client).unwrap();
    assert_eq!(read(&mut client, &new), 3);
}

#[test]
fn a_rebuild_that_was_cut_off_goes_on() {
    let (old, new) = (declared(), changed());
    let texts = new.0.rebuild_texts().unwrap();
    for done in 0..=texts.len() {
        let (_database, mut client) = empty();
        insert(&mut client, 5);
        old.0.rebuild(&mut client).unwrap();
        for text in &texts[..done] {
            client.batch_execute(text).unwrap();
        }
        if done < texts.len() {
            assert_eq!(read(&mut client, &old), 5);
        }
        // Meanwhile there are more, and the declaration may have been taken back.
        insert(&mut client, 2);
        new.0.rebuild(&mut client).unwrap();
        let expected = if done < texts.len() { 4 } else { 3 };
        assert_eq!(read(&mut client, &new), expected);
        assert_eq!(relations(&mut client), ["by_platform", "by_platform_key"]);
        old.0.rebuild(&mut client).unwrap();
        assert_eq!(read(&mut client, &old), 7);
    }
}

#[test]
fn a_rebuild_that_was_cut_off_and_taken_back_leaves_the_view_as_it_is() {
    let (old, new) = (declared(), changed());
    let texts = new.0.rebuild_texts().unwrap();
    for done in 0..texts.len() {
        let (_database, mut client) = empty();
        insert(&mut client, 5);
        old.0.rebuild(&mut client).unwrap();
        for text in &texts[..done] {
            client.batch_execute(text).unwrap();
        }
        old.0.rebuild(&mut client).unwrap();
        assert_eq!(read(&mut client, &old), 5);
        insert(&mut client, 2);
        let refreshed = old.0.refresh(&mut client, WhileRefreshed::Skip);
        assert_eq!(refreshed.unwrap(), Refreshed::Again);
        assert_eq!(read(&mut client, &old), 7);
        new.0.rebuild(&mut client).unwrap();
        assert_eq!(read(&mut client, &new), 4);
        assert_eq!(relations(&mut client), ["by_platform", "by_platform_key"]);
    }
}

#[test]
fn a_view_of_another_declaration_is_not_passed_off_as_one_of_this() {
    let (_database, mut client) = empty();
    let (old, new) = (declared(), changed());
    insert(&mut client, 5);
    for fills in [false, true] {
        old.0.create(&mut client).unwrap();
        if fills {
            old.0.refresh(&mut client, WhileRefreshed::Skip).unwrap();
        }
        let fill = new.0.steps().unwrap().pop().unwrap();
        let mut texts = [WhileRefreshed::Skip, WhileRefreshed::Wait]
            .map(|meanwhile| new.0.refresh_text(meanwhile).unwrap())
            .to_vec();
        texts.extend((!fills).then(|| fill.sql()));
        for text in texts {
            let refused = client.batch_execute(&text).unwrap_err();
            let refused = refused.as_db_error().unwrap().message();
            assert!(refused.contains("is not as it is declared"), "{refused}");
        }
        assert!(old.0.state(&mut client).unwrap().unwrap().is_current);
        assert!(!new.0.state(&mut client).unwrap().unwrap().is_current);
        old.0.drop(&mut client).unwrap();
    }
}

#[test]
fn two_rebuilds_of_different_declarations() {
    let (_database, mut client) = empty();
    let (old, new) = (declared(), changed());
    insert(&mut client, 5);
    let [create, fill, swap] = new.0.rebuild_texts().unwrap();
    let [other_create, other_fill, other_swap] = old.0.rebuild_texts().unwrap();
    for text in [&create, &other_create, &fill] {
        client.batch_execute(text).unwrap();
    }
    let refused = client.batch_execute(&swap).unwrap_err();
    let refused = refused.as_db_error().unwrap().message();
    assert!(refused.contains("is not as it is declared"), "{refused}");
    for text in [&other_fill, &other_swap] {
        client.batch_execute(text).unwrap();
    }
    assert_eq!(read(&mut client, &old), 5);
    assert!(is_changed(new.0.refresh(&mut client, WhileRefreshed::Skip)));
}

#[test]
fn the_steps_of_a_view() {
    let (view, _) = declared();
    let names = |steps: Vec<pagewise::ddl::Step>| -> Vec<String> {
        steps.iter().map(|step| step.name().to_owned()).collect()
    };
    insta::assert_debug_snapshot!([
        names(view.steps().unwrap()),
        names(view.rebuild_steps().unwrap())
    ]);
}
