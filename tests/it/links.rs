//! Conditions on links of the reference data, in every form: texts that a server takes as they are, broken into lines and
//! with their values written in, and the types that they say. What the rows are is the laws' matter.

use pagewise::chat::{self, Experiment, Match, Message, Participant, Session, Tagged, Trace};
use pagewise::{Entity, Listing, Page, Predicate, Strategy, Total};
use postgres::Client;

use crate::laws::FORMS;
use crate::support::{TEAM, reader, run, taggable};

/// The rows of a page and its total are the same in every form, and the old way.
fn agree<E: Entity>(client: &mut Client, listing: &Listing<E>, page: &Page) -> usize {
    let listing = listing.clone().page(page.clone());
    let legacy = listing.clone().strategy(Strategy::Legacy).build().unwrap();
    let rows = run(client, &legacy);
    for form in FORMS {
        let optimized = listing.clone().link_form(form).build().unwrap();
        assert_eq!(
            run(client, &optimized),
            rows,
            "{form:?}\n{optimized:#}\n\n{legacy:#}"
        );
    }
    rows.len()
}

fn pages<E: Entity>(client: &mut Client, condition: &Predicate<E>) -> usize {
    let listing = Listing::of(E::default())
        .tenant(TEAM)
        .filter(condition.clone());
    let exact = Page::first(5).with_total(Total::Exact);
    let rows = agree(client, &listing, &exact);
    let capped = Page::last(4).with_total(Total::Capped(3));
    agree(client, &listing, &capped);
    rows
}

fn every_match<E: Tagged>(client: &mut Client) {
    let ids = taggable(client);
    let mut rows = 0;
    let mut try_all = |client: &mut Client, names: &[&str]| {
        let names = || names.iter().copied();
        rows += pages::<E>(client, &chat::tagged(&ids, Match::any_of(names())));
        pages::<E>(client, &chat::tagged(&ids, Match::all_of(names())));
        pages::<E>(client, &chat::tagged(&ids, Match::none_of(names())));
        let both = chat::tagged(&ids, Match::any_of(names()))
            .and(chat::version_tagged(&ids, Match::any_of(["v1", "v2"])));
        pages::<E>(client, &both);
        pages::<E>(client, &!chat::tagged::<E, _>(&ids, Match::all_of(names())));
    };
    try_all(client, &["tag-01", "tag-bulk"]);
    try_all(client, &["unknown"]);
    assert!(rows > 0);
}

#[test]
fn sessions() {
    every_match::<Session>(&mut reader());
}

#[test]
fn messages() {
    every_match::<Message>(&mut reader());
}

#[test]
fn traces() {
    every_match::<Trace>(&mut reader());
}

#[test]
fn experiments() {
    every_match::<Experiment>(&mut reader());
}

#[test]
fn participants() {
    every_match::<Participant>(&mut reader());
}
