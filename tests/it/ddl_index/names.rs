//! Names: of 63 bytes at most, whole characters, and different where indexes are.

use std::collections::HashSet;

use pagewise::chat::Session;
use pagewise::ddl::{IndexMethod, IndexPart, IndexSpec};
use pagewise::expression::lower;
use pagewise::{Error, entity};

use crate::support::empty;

entity! {
    /// A table whose name is as long as a name may be, of characters of two bytes.
    pub Long = "ééééééééééééééééééééééééééééééé" as "long" {
        key ID: i64 = "id";
        shared;
        FIRST: i64 = "ñññññññññññññññññññññññññññññññ";
        SECOND: i64 = "xñññññññññññññññññññññññññññññññ";
    }
}

#[test]
fn names_are_whole_and_different() {
    let long = || IndexSpec::on(Long);
    let plain = || {
        IndexSpec::on(Session)
            .key(Session::TEAM_ID)
            .key(Session::STATUS)
    };
    let specs = [
        long().key(Long::ID).build(),
        long().key(Long::FIRST).build(),
        long().key(Long::SECOND).build(),
        long().key(Long::FIRST).key(Long::SECOND).build(),
        long().key(Long::SECOND).key(Long::FIRST).build(),
        long().key(Long::FIRST.desc()).build(),
        plain().build(),
        plain().unique().build(),
        plain().unique().nulls_not_distinct().build(),
        plain().filter(Session::STATUS.eq("a")).build(),
        plain().filter(Session::STATUS.eq("b")).build(),
        plain().include(Session::CHAT_ID).build(),
        plain().include(Session::ENDED_AT).build(),
        IndexSpec::on(Session)
            .key(Session::TEAM_ID)
            .key(Session::STATUS.desc())
            .build(),
        IndexSpec::on(Session)
            .key(Session::TEAM_ID)
            .key(lower(Session::STATUS))
            .build(),
        IndexSpec::on(Session)
            .key(Session::TEAM_ID)
            .key(IndexPart::from(Session::STATUS).operator_class("varchar_pattern_ops"))
            .build(),
        IndexSpec::on(Session)
            .key(Session::TEAM_ID)
            .method(IndexMethod::Hash)
            .build(),
        IndexSpec::on(Session)
            .key(Session::TEAM_ID)
            .method(IndexMethod::Brin)
            .build(),
        IndexSpec::on(Session).key(Session::TEAM_ID).build(),
    ];
    let specs = specs.map(Result::unwrap);
    let names: HashSet<_> = specs.iter().map(|index| index.name()).collect();
    assert_eq!(names.len(), specs.len(), "{names:?}");
    for name in names {
        assert!(name.len() <= 63 && name.ends_with("_idx"), "{name}");
    }
    assert_eq!(specs[0].name(), "ééééééééééééééééééééééééé_aafab109_idx");
    // What PostgreSQL makes of the names is what they are.
    let (_database, mut client) = empty();
    client
        .batch_execute(
            "CREATE TABLE \"ééééééééééééééééééééééééééééééé\" (id bigint, \"ñññññññññññññññññññññññññññññññ\" bigint, \
             \"xñññññññññññññññññññññññññññññññ\" bigint)",
        )
        .unwrap();
    for index in &specs {
        client.batch_execute(&index.create().to_string()).unwrap();
        let found = client.query_one(
            "SELECT count(*) FROM pg_class WHERE relname = $1::text",
            &[&index.name()],
        );
        assert_eq!(found.unwrap().get::<_, i64>(0), 1, "{index}");
    }
}

#[test]
fn names_that_are_given() {
    let named = |name: String| {
        IndexSpec::on(Session)
            .key(Session::TEAM_ID)
            .named(name)
            .build()
    };
    let (_database, mut client) = empty();
    for name in [
        "é".repeat(31),
        "with \"quotes\" and 'single' ones".to_owned(),
        "x".repeat(63),
        "$1".to_owned(),
    ] {
        let index = named(name).unwrap();
        client.batch_execute(&index.create().to_string()).unwrap();
        client
            .batch_execute(&index.drop().concurrently().to_string())
            .unwrap();
    }
    for name in [
        "é".repeat(32),
        "x".repeat(64),
        String::new(),
        "a\0b".to_owned(),
    ] {
        assert!(matches!(named(name), Err(Error::InvalidName { .. })));
    }
    let class = |class: &'static str| {
        let status = IndexPart::from(Session::STATUS).operator_class(class);
        IndexSpec::on(Session).key(status).build()
    };
    assert!(class("public.text_pattern_ops").is_ok());
    for bad in ["", "a.b.c", "a.", "x\0"] {
        assert!(
            matches!(class(bad), Err(Error::InvalidName { .. })),
            "{bad}"
        );
    }
}

#[test]
fn what_cannot_be_in_an_index() {
    let refused = |built: Result<_, Error>| built.map(|_| ()).unwrap_err().to_string();
    let on = || IndexSpec::on(Session);
    let count = Session::messages().count();
    insta::assert_snapshot!(
        [
            refused(on().build()),
            refused(on().key(count.desc()).build()),
            refused(
                on().key(Session::ID)
                    .filter(Session::messages().exists())
                    .build()
            ),
            refused(
                on().key(Session::ID)
                    .filter(!Session::messages().exists().or(Session::ID.eq(1)))
                    .build()
            ),
            refused(
                on().key(Session::ID)
                    .filter(Session::STATUS.eq("a\0"))
                    .build()
            ),
        ]
        .join("\n")
    );
}
