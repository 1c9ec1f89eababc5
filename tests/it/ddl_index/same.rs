//! What was made of a spec is known as the same, and nothing else is.

use chrono::{TimeZone as _, Utc};
use pagewise::chat::Session;
use pagewise::ddl::{IndexDefinition, IndexMethod, IndexPart, IndexSpec};
use pagewise::expression::{add, coalesce, constant, lower};
use pagewise::predicate::{Comparison, compare};

use super::{made, of_sessions};
use crate::support::empty;

fn on() -> IndexSpec<Session> {
    IndexSpec::on(Session)
}

/// Each different from all others.
fn specs() -> Vec<IndexDefinition> {
    let team = || on().key(Session::TEAM_ID);
    let class = |name: &'static str| IndexPart::from(Session::STATUS).operator_class(name);
    let specs = [
        team(),
        team().unique().key(Session::ID),
        team().key(Session::ID),
        on().key(Session::ID).key(Session::TEAM_ID),
        team().key(Session::ENDED_AT),
        team().key(Session::ENDED_AT.desc()),
        team().key(Session::ENDED_AT.desc().nulls_first()),
        team().key(Session::ENDED_AT.asc().nulls_first()),
        team().key(coalesce(Session::LAST_ACTIVITY_AT, Session::UPDATED_AT)),
        team().key(coalesce(Session::LAST_ACTIVITY_AT, Session::UPDATED_AT).desc()),
        team().key(lower(Session::STATUS)),
        team().key(add(Session::CHAT_ID, Session::EXPERIMENT_ID)),
        team().include(Session::STATUS),
        team().include(Session::STATUS).include(Session::CHAT_ID),
        on().key(Session::PLATFORM)
            .key(Session::ID)
            .unique()
            .nulls_not_distinct(),
        on().key(Session::PLATFORM).key(Session::ID).unique(),
        on().key(class("varchar_pattern_ops")),
        on().key(IndexPart::from(Session::STATUS).collation("C")),
        on().key(
            IndexPart::from(Session::STATUS)
                .collation("C")
                .operator_class("text_pattern_ops"),
        ),
        on().key(Session::STATUS).method(IndexMethod::Hash),
        on().key(Session::CREATED_AT).method(IndexMethod::Brin),
        on().key(Session::EXPERIMENT_VERSIONS)
            .method(IndexMethod::Gin),
        team().filter(Session::STATUS.eq("active")),
        team().filter(compare(
            Session::STATUS,
            Comparison::NotEqual,
            constant("active"),
        )),
        team().filter(Session::STATUS.eq("it's a \\ $1 ? ")),
        team().filter(Session::ENDED_AT.is_null()),
        team()
            .filter(Session::ENDED_AT.is_not_null())
            .filter(Session::PLATFORM.is_null()),
        team().filter(
            Session::ENDED_AT
                .is_not_null()
                .or(Session::PLATFORM.is_null()),
        ),
        team().filter(!Session::PLATFORM.eq("web")),
        team().filter(Session::CHAT_ID.gt(1_000_000_000_000_i64)),
        team().filter(Session::CREATED_AT.ge(Utc.with_ymd_and_hms(2026, 1, 2, 3, 4, 5).unwrap())),
        team().filter(Session::SESSION_TOKEN_REQUIRED.eq(true)),
        team().filter(Session::STATUS.any_of(["active", "setup"])),
        team().filter(Session::EXPERIMENT_ID.any_of([1, 2, 3])),
        team().filter(Session::PLATFORM.is_distinct_from("evaluations")),
        team().filter(Session::STATUS.starts_with("a_%")),
    ];
    specs
        .into_iter()
        .map(|spec| spec.build().unwrap())
        .collect()
}

/// What is told from the text alone; a migration asks the server about the rest.
#[test]
fn each_is_the_same_as_its_own_only() {
    let (_database, mut client) = empty();
    let specs = specs();
    let made: Vec<_> = specs.iter().map(|spec| made(&mut client, spec)).collect();
    let mut texts = String::new();
    for (at, spec) in specs.iter().enumerate() {
        for (other, index) in made.iter().enumerate() {
            let is_same = spec.is_same(index);
            assert!(!is_same || at == other, "{spec}\n{}", index.definition);
        }
        let known = if spec.is_same(&made[at]) {
            ""
        } else {
            "(not told from the text) "
        };
        texts.push_str(&format!("{known}{spec}\n"));
    }
    insta::assert_snapshot!(texts);
}

/// The operator class and the collation that a column has anyway are not what makes two indexes different.
#[test]
fn the_order_of_included_columns_is_none() {
    let (_database, mut client) = empty();
    client
        .batch_execute(
            "CREATE INDEX by_hand ON experiments_experimentsession (team_id) INCLUDE (chat_id, status)",
        )
        .unwrap();
    let index = of_sessions(&mut client, "by_hand");
    let wanted = on()
        .key(Session::TEAM_ID)
        .include(Session::STATUS)
        .include(Session::CHAT_ID);
    assert!(wanted.build().unwrap().is_same(&index));
}
