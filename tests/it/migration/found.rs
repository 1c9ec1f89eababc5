//! What a run finds, and what it then does.

use pagewise::chat::{self, Session};
use pagewise::ddl::{
    IndexDefinition, IndexMethod, IndexPart, IndexSpec, Migration, MigrationError, Outcome,
    RunOptions,
};
use pagewise::{Error, entity};
use pagewise_reference::{IndexSet, indexes};

use super::{active, ended, migration, outcomes, relations, schema, traces};
use crate::support::empty;

fn refused(error: Error) -> MigrationError {
    match error {
        Error::Migration(error) => error,
        other => panic!("{other}"),
    }
}

#[test]
fn a_dry_run_changes_nothing() {
    let (_database, mut client) = empty();
    let like = ended()
        .create()
        .to_string()
        .replace("\"ended\"", "like_ended");
    client.batch_execute(&like).unwrap();
    let before = relations(&mut client);
    let report = migration().dry_run(&mut client).unwrap();
    assert!(report.is_dry_run);
    insta::assert_snapshot!(report);
    assert_eq!(relations(&mut client), before);
    let done = migration()
        .run(&mut client, &RunOptions::default())
        .unwrap();
    assert_eq!(outcomes(&done), outcomes(&report));
    assert_ne!(relations(&mut client), before);
}

#[test]
fn a_like_index_is_recognised_and_left_alone() {
    let (_database, mut client) = empty();
    // Conditions are printed otherwise than they are written: the server is asked.
    let renamed = |text: String, from: &str, to: &str| text.replacen(from, to, 1);
    client
        .batch_execute(&renamed(
            active().create().to_string(),
            "\"active\"",
            "by_hand",
        ))
        .unwrap();
    client
        .batch_execute(&renamed(
            ended().create().to_string(),
            "\"ended\"",
            "\"by hand\"",
        ))
        .unwrap();
    let before = schema(&mut client);
    let first = migration().only("first").unwrap();
    let report = first.run(&mut client, &RunOptions::default()).unwrap();
    let elsewhere = [
        Outcome::PresentAs("by_hand".to_owned()),
        Outcome::PresentAs("by hand".to_owned()),
    ];
    assert_eq!(outcomes(&report), elsewhere);
    let report = first.undo(&mut client, &RunOptions::default()).unwrap();
    assert!(
        matches!(
            outcomes(&report).as_slice(),
            [Outcome::LeftAlone(_), Outcome::LeftAlone(_)]
        ),
        "{report}"
    );
    assert_eq!(schema(&mut client), before);

    // What is INVALID is not there.
    client
        .batch_execute(
            "UPDATE pg_index SET indisvalid = FALSE WHERE indexrelid = 'by_hand'::regclass",
        )
        .unwrap();
    let report = first.run(&mut client, &RunOptions::default()).unwrap();
    assert_eq!(outcomes(&report)[0], Outcome::Built);
}

#[test]
fn a_name_that_is_taken() {
    for taken_by in [
        "CREATE INDEX active ON experiments_experimentsession (team_id, created_at DESC)",
        "CREATE INDEX active ON experiments_experimentsession (team_id, created_at DESC) INCLUDE (chat_id) \
         WHERE status IN ('active', 'pending')",
        "CREATE INDEX active ON trace_trace (team_id)",
        "CREATE TABLE active ()",
        "CREATE VIEW active AS SELECT 1",
    ] {
        let (_database, mut client) = empty();
        client.batch_execute(taken_by).unwrap();
        let before = relations(&mut client);
        let error = refused(
            migration()
                .run(&mut client, &RunOptions::default())
                .unwrap_err(),
        );
        assert!(
            matches!(error, MigrationError::NameTaken { ref name, .. } if name == "active"),
            "{error}"
        );
        let foreseen = refused(migration().dry_run(&mut client).unwrap_err());
        assert_eq!(foreseen, error);
        let report = migration()
            .only("first")
            .unwrap()
            .undo(&mut client, &RunOptions::default())
            .unwrap();
        assert!(
            matches!(outcomes(&report)[1], Outcome::LeftAlone(_)),
            "{report}"
        );
        assert_eq!(relations(&mut client), before);
    }
}

#[test]
fn an_index_of_a_constraint_stays() {
    let (_database, mut client) = empty();
    let unique = IndexSpec::on(Session).key(Session::CHAT_ID).unique();
    let unique = unique
        .named("experiments_experimentsession_chat_id_key")
        .build()
        .unwrap();
    let only = Migration::new().phase("one", [unique.clone()]);
    let before = relations(&mut client);
    let report = only.run(&mut client, &RunOptions::default()).unwrap();
    assert_eq!(outcomes(&report), [Outcome::Present]);
    let report = only.undo(&mut client, &RunOptions::default()).unwrap();
    assert!(
        matches!(outcomes(&report)[0], Outcome::LeftAlone(_)),
        "{report}"
    );
    let dropping = Migration::new().phase("one", [unique.drop_step()]);
    let report = dropping.run(&mut client, &RunOptions::default()).unwrap();
    assert!(
        matches!(outcomes(&report)[0], Outcome::LeftAlone(_)),
        "{report}"
    );
    assert_eq!(relations(&mut client), before);
}

#[test]
fn duplicates_under_a_unique_index() {
    let (_database, mut client) = empty();
    client
        .batch_execute(
            "INSERT INTO teams_team (id, name) VALUES (1, 'a'); \
             INSERT INTO chat_chat (id, team_id) VALUES (1, 1), (2, 1)",
        )
        .unwrap();
    let unique = IndexSpec::on(chat::Chat).key(chat::Chat::TEAM_ID).unique();
    let only = Migration::new().phase("one", [unique.named("one_chat").build().unwrap()]);
    let failed = only.run(&mut client, &RunOptions::default()).unwrap_err();
    assert!(
        failed.to_string().contains("step \"index one_chat\""),
        "{failed}"
    );
    client
        .batch_execute("DELETE FROM chat_chat WHERE id = 2")
        .unwrap();
    let report = only.run(&mut client, &RunOptions::default()).unwrap();
    assert_eq!(outcomes(&report), [Outcome::Rebuilt]);
}

entity! {
    /// A table that is not there.
    pub Nowhere = "nowhere" as "nowhere" {
        key ID: i64 = "id";
        shared;
    }
}

entity! {
    /// A table in a schema with a name that has to be quoted.
    pub Elsewhere = "a table" in "a schema" as "elsewhere" {
        key ID: i64 = "id";
        shared;
    }
}

#[test]
fn other_schemas_and_no_table() {
    let (_database, mut client) = empty();
    let nowhere = Migration::new().phase(
        "one",
        [IndexSpec::on(Nowhere).key(Nowhere::ID).build().unwrap()],
    );
    let error = refused(
        nowhere
            .run(&mut client, &RunOptions::default())
            .unwrap_err(),
    );
    assert_eq!(
        error.to_string(),
        "there is no table \"nowhere\": create it before, or check the search path"
    );

    client
        .batch_execute("CREATE SCHEMA \"a schema\"; CREATE TABLE \"a schema\".\"a table\" (id bigint); CREATE TABLE here ()")
        .unwrap();
    let there = IndexSpec::on(Elsewhere)
        .key(Elsewhere::ID)
        .named("here")
        .build()
        .unwrap();
    let there = Migration::new().phase("one", [there]);
    for expected in [Outcome::Built, Outcome::Present] {
        let report = there.run(&mut client, &RunOptions::default()).unwrap();
        assert_eq!(outcomes(&report), [expected]);
    }
    let report = there.undo(&mut client, &RunOptions::default()).unwrap();
    assert_eq!(outcomes(&report), [Outcome::Dropped]);
}

#[test]
fn two_steps_of_one_name() {
    let (_database, mut client) = empty();
    let twice = migration().phase("third", [traces()]);
    let error = refused(twice.run(&mut client, &RunOptions::default()).unwrap_err());
    assert!(
        matches!(error, MigrationError::DuplicateStep { .. }),
        "{error}"
    );
    let error = twice.only("fourth").unwrap_err();
    assert_eq!(
        error.to_string(),
        "the migration has no phase \"fourth\": it has first, second, third"
    );
}

/// The seed's indexes that are there already are recognised, by their names and by others.
#[test]
fn the_indexes_of_the_domain() {
    let (_database, mut client) = empty();
    let before = schema(&mut client);
    let migration = chat::index_migration().unwrap();
    let report = migration.run(&mut client, &RunOptions::default()).unwrap();
    assert!(
        outcomes(&report)
            .iter()
            .all(|outcome| *outcome == Outcome::Built),
        "{report}"
    );
    let undone = migration.undo(&mut client, &RunOptions::default()).unwrap();
    assert!(
        outcomes(&undone)
            .iter()
            .all(|outcome| *outcome == Outcome::Dropped),
        "{undone}"
    );
    assert_eq!(schema(&mut client), before);

    for statement in indexes(IndexSet::Seed) {
        client.batch_execute(statement).unwrap();
    }
    let all = chat::indexes()
        .unwrap()
        .into_iter()
        .map(|wanted| wanted.index);
    let all = Migration::new().phase("all", all);
    let report = all.dry_run(&mut client).unwrap();
    insta::assert_snapshot!(report);
}

#[test]
fn an_index_of_its_name_in_another_schema_stays() {
    let (_database, mut client) = empty();
    // The search path finds this one first, and the table behind it.
    client
        .batch_execute(
            "CREATE SCHEMA other;
             CREATE TABLE other.theirs (status text);
             CREATE INDEX by_status ON other.theirs (status);
             SET search_path = other, public",
        )
        .unwrap();
    let index = IndexSpec::on(Session)
        .key(Session::STATUS)
        .named("by_status")
        .build()
        .unwrap();
    let migration = Migration::new().phase("index", [&index]);
    let options = RunOptions::default();
    let report = migration.run(&mut client, &options).unwrap();
    assert_eq!(outcomes(&report), [Outcome::Built]);
    client
        .batch_execute(
            "UPDATE pg_index SET indisvalid = FALSE WHERE indexrelid = 'public.by_status'::regclass",
        )
        .unwrap();
    let report = migration.run(&mut client, &options).unwrap();
    assert_eq!(outcomes(&report), [Outcome::Rebuilt]);
    let report = migration.undo(&mut client, &options).unwrap();
    assert_eq!(outcomes(&report), [Outcome::Dropped]);
    client
        .batch_execute("SELECT 'other.by_status'::regclass")
        .unwrap();
}

/// An index of statuses that are compared as is said.
fn statuses(
    method: IndexMethod,
    compared: impl FnOnce(IndexPart<Session>) -> IndexPart<Session>,
) -> IndexDefinition {
    let part = compared(IndexPart::from(Session::STATUS));
    IndexSpec::on(Session)
        .method(method)
        .key(part)
        .named("statuses")
        .build()
        .unwrap()
}

#[test]
fn operator_classes_and_collations_under_other_names() {
    let (_database, mut client) = empty();
    client
        .batch_execute(
            "CREATE EXTENSION pg_trgm SCHEMA public; CREATE SCHEMA apart; \
             CREATE OPERATOR CLASS apart.own_ops FOR TYPE text USING btree AS \
             OPERATOR 1 <, OPERATOR 2 <=, OPERATOR 3 =, OPERATOR 4 >=, OPERATOR 5 >, FUNCTION 1 bttextcmp(text, text)",
        )
        .unwrap();
    let options = RunOptions::default();
    let before = schema(&mut client);
    for index in [
        // Visible, and said with its schema.
        statuses(IndexMethod::Gin, |part| {
            part.operator_class("public.gin_trgm_ops")
        }),
        statuses(IndexMethod::Btree, |part| {
            part.operator_class("pg_catalog.text_pattern_ops")
        }),
        // Not visible.
        statuses(IndexMethod::Btree, |part| {
            part.operator_class("apart.own_ops")
        }),
        // What is taken else.
        statuses(IndexMethod::Btree, |part| part.operator_class("text_ops")),
        statuses(IndexMethod::Btree, |part| part.collation("default")),
        statuses(IndexMethod::Btree, |part| {
            part.collation("pg_catalog.default")
                .operator_class("pg_catalog.text_ops")
        }),
        statuses(IndexMethod::Btree, |part| part.collation("pg_catalog.C")),
    ] {
        let only = Migration::new().phase("one", [&index]);
        for expected in [Outcome::Built, Outcome::Present] {
            let report = only.run(&mut client, &options).unwrap();
            assert_eq!(outcomes(&report), [expected], "{index}");
        }
        let foreseen = only.dry_run(&mut client).unwrap();
        assert_eq!(outcomes(&foreseen), [Outcome::Present], "{index}");

        client
            .batch_execute("ALTER INDEX statuses RENAME TO by_hand")
            .unwrap();
        let report = only.run(&mut client, &options).unwrap();
        let elsewhere = Outcome::PresentAs("by_hand".to_owned());
        assert_eq!(outcomes(&report), [elsewhere], "{index}");
        client
            .batch_execute("ALTER INDEX by_hand RENAME TO statuses")
            .unwrap();

        let report = only.undo(&mut client, &options).unwrap();
        assert_eq!(outcomes(&report), [Outcome::Dropped], "{index}");
        assert_eq!(schema(&mut client), before, "{index}");
    }
}

/// That of the column may be named, also where it is not the database's.
#[test]
fn the_collation_of_a_column() {
    let (_database, mut client) = empty();
    client
        .batch_execute(
            "ALTER TABLE experiments_experimentsession ALTER COLUMN status TYPE text COLLATE \"C\"",
        )
        .unwrap();
    let options = RunOptions::default();
    for (collation, other) in [("C", "default"), ("default", "pg_catalog.C")] {
        let named = |name| statuses(IndexMethod::Btree, |part| part.collation(name));
        let only = Migration::new().phase("one", [named(collation)]);
        for expected in [Outcome::Built, Outcome::Present] {
            let report = only.run(&mut client, &options).unwrap();
            assert_eq!(outcomes(&report), [expected], "{collation}");
        }
        let otherwise = Migration::new().phase("one", [named(other)]);
        let error = refused(otherwise.run(&mut client, &options).unwrap_err());
        assert!(
            matches!(error, MigrationError::NameTaken { .. }),
            "{other}: {error}"
        );
        let report = only.undo(&mut client, &options).unwrap();
        assert_eq!(outcomes(&report), [Outcome::Dropped], "{collation}");
    }
}

#[test]
fn what_is_compared_otherwise_is_another_index() {
    let (_database, mut client) = empty();
    let options = RunOptions::default();
    let plain = || statuses(IndexMethod::Btree, |part| part);
    let of_class = |name| statuses(IndexMethod::Btree, |part| part.operator_class(name));
    let collated = |name| statuses(IndexMethod::Btree, |part| part.collation(name));
    for (there, wanted) in [
        (of_class("text_pattern_ops"), of_class("text_ops")),
        (of_class("text_pattern_ops"), plain()),
        (plain(), of_class("pg_catalog.text_pattern_ops")),
        (collated("C"), collated("default")),
        (collated("C"), plain()),
        (plain(), collated("pg_catalog.C")),
        // What is not there, or not for texts, is not what is there.
        (plain(), of_class("no_such_ops")),
        (plain(), of_class("nowhere.text_ops")),
        (plain(), of_class("int8_ops")),
        (plain(), collated("nowhere.C")),
    ] {
        client.batch_execute(&there.create().to_string()).unwrap();
        let before = schema(&mut client);
        let only = Migration::new().phase("one", [&wanted]);
        let error = refused(only.run(&mut client, &options).unwrap_err());
        assert!(
            matches!(error, MigrationError::NameTaken { ref name, .. } if name == "statuses"),
            "{wanted}: {error}"
        );
        let report = only.undo(&mut client, &options).unwrap();
        assert!(
            matches!(outcomes(&report)[0], Outcome::LeftAlone(_)),
            "{report}"
        );
        assert_eq!(schema(&mut client), before, "{wanted}");

        client
            .batch_execute("ALTER INDEX statuses RENAME TO by_hand")
            .unwrap();
        let report = only.undo(&mut client, &options).unwrap();
        assert_eq!(outcomes(&report), [Outcome::Absent], "{wanted}");
        client.batch_execute("DROP INDEX by_hand").unwrap();
    }
}
