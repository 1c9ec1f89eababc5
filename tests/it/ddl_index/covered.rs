//! Which index makes another one needless.

use pagewise::chat::Session;
use pagewise::ddl::IndexSpec;
use pagewise::expression::lower;

use super::made;
use crate::support::empty;

#[test]
fn covered_or_not() {
    let (_database, mut client) = empty();
    let on = || IndexSpec::on(Session);
    let team = || on().key(Session::TEAM_ID);
    let two = || team().key(Session::ENDED_AT);
    let unique = || on().key(Session::CHAT_ID).unique();
    let ended = || Session::ENDED_AT.is_not_null();
    let cases = [
        // (wanted, there, covered)
        (team(), two(), true),
        (two(), team(), false),
        (two(), two(), true),
        (on().key(Session::ENDED_AT), two(), false),
        (team().key(Session::ENDED_AT.desc()), two(), false),
        // Read from its end, an index has everything the other way around, NULL too.
        (
            on().key(Session::ENDED_AT.desc().nulls_first()),
            on().key(Session::ENDED_AT),
            true,
        ),
        (
            on().key(Session::ENDED_AT.desc()),
            on().key(Session::ENDED_AT),
            false,
        ),
        (
            on().key(Session::ENDED_AT.asc().nulls_first()),
            on().key(Session::ENDED_AT),
            false,
        ),
        (
            team().key(Session::CREATED_AT.desc()),
            team().key(Session::CREATED_AT),
            false,
        ),
        (team().include(Session::ENDED_AT), two(), true),
        (two(), team().include(Session::ENDED_AT), false),
        (team().include(Session::STATUS), team(), false),
        (
            team().key(lower(Session::STATUS)),
            team().key(lower(Session::STATUS)).key(Session::ID),
            true,
        ),
        (
            team().key(lower(Session::STATUS)),
            team().key(Session::STATUS),
            false,
        ),
        // Of some rows.
        (team().filter(ended()), team(), true),
        (team(), team().filter(ended()), false),
        (team().filter(ended()), team().filter(ended()), true),
        (
            team().filter(ended()).filter(Session::STATUS.eq("a")),
            team().filter(ended()),
            true,
        ),
        (
            team().filter(ended()),
            team().filter(ended()).filter(Session::STATUS.eq("a")),
            false,
        ),
        (
            team().filter(ended().or(Session::STATUS.eq("a"))),
            team().filter(ended()),
            false,
        ),
        (
            team().filter(Session::STATUS.eq("b")),
            team().filter(Session::STATUS.eq("a")),
            false,
        ),
        // Unique.
        (unique(), unique(), true),
        (unique(), on().key(Session::CHAT_ID), false),
        (on().key(Session::CHAT_ID), unique(), true),
        (unique(), unique().key(Session::ID), false),
        (unique().filter(ended()), unique(), false),
        (unique(), unique().nulls_not_distinct(), false),
    ];
    for (at, (wanted, there, covered)) in cases.into_iter().enumerate() {
        let wanted = wanted.build().unwrap();
        let there = there.named(format!("there_{at}")).build().unwrap();
        let mut index = made(&mut client, &there);
        assert_eq!(wanted.is_covered_by(&index), covered, "{wanted}\n{there}");
        index.is_valid = false;
        assert!(
            !wanted.is_covered_by(&index),
            "what is INVALID serves nothing"
        );
    }
}
