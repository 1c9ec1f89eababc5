//! Law 6, spelled out: every text that is looked for is taken literally, wildcards and backslashes included.

use pagewise::chat::Experiment;
use pagewise::{Listing, Page};

use super::harness::Connection;
use crate::oracle::Modeled;
use crate::oracle::condition::{Match, Test};
use crate::oracle::datum::Datum;
use crate::world::{self, TEXTS, World, instant};

const FORMS: [Match; 7] = [
    Match::Contains,
    Match::ContainsIgnoreCase,
    Match::Starts,
    Match::StartsIgnoreCase,
    Match::Ends,
    Match::EndsIgnoreCase,
    Match::EqualsIgnoreCase,
];

/// A chatbot of each name.
fn world() -> World {
    let mut world = World::default();
    for (id, name) in (1..).zip(TEXTS) {
        world.experiments.push(world::Experiment {
            id,
            team: 1,
            owner: 1,
            name: (*name).to_owned(),
            description: None,
            pipeline: None,
            working_version: None,
            version_number: 1,
            allowlist: Vec::new(),
            is_archived: false,
            created_at: instant(0),
        });
    }
    world
}

#[test]
fn texts_are_taken_literally() {
    let values = Experiment::values();
    let name = values.iter().find(|value| value.words == "name");
    let name = name.expect("the column");
    Connection::open().with(&world(), |transaction| {
        for form in FORMS {
            for text in TEXTS {
                let test = Test::Match(form, (*text).to_owned());
                let page = Listing::of(Experiment)
                    .tenant(1)
                    .filter((name.test)(&test))
                    .show(Experiment::NAME)
                    .page(Page::first(100))
                    .build()
                    .expect("a page");
                let rows = page.fetch(transaction).expect("an answer");
                let found = rows.decode(|row| row.get(Experiment::NAME)).expect("names");
                let matching =
                    |name: &&&str| test.of(&Datum::Text((**name).to_owned())) == Some(true);
                let expected: Vec<&str> = TEXTS.iter().filter(matching).copied().collect();
                assert_eq!(found, expected, "{form:?} {text:?}\n{page:#}");
            }
        }
    });
}
