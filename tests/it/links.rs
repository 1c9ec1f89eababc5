//! Conditions on links of the reference data, in every form: texts that a server takes as they are, broken into lines and
//! with their values written in, and the types that they say. What the rows are is the laws' matter.

use pagewise::chat::{self, Experiment, Match, Message, Participant, Session, Tagged, Trace};
use pagewise::{Entity, Links, Listing, Page, Predicate, Relation, Strategy, Total, entity};
use postgres::Client;

use crate::laws::FORMS;
use crate::support::{TEAM, empty, reader, run, taggable};

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

entity! {
    Article = "articles" as "article" { key ID: i64 = "id"; tenant SITE_ID: i64 = "site_id"; }
}
entity! {
    Topic = "topics" as "topic" {
        key ID: i64 = "id";
        tenant SITE_ID: i64 = "site_id";
        PLACE: Vec<i32> = "place";
    }
}
entity! {
    ArticleTopic = "article_topics" as "article_topic" {
        key ID: i64 = "id";
        tenant SITE_ID: i64 = "site_id";
        ARTICLE_ID: i64 = "article_id";
        TOPIC_ID: i64 = "topic_id";
    }
}

#[test]
fn what_is_linked_may_be_wanted_by_an_array() {
    let (_database, mut client) = empty();
    client
        .batch_execute(
            "CREATE TABLE articles (id bigint PRIMARY KEY, site_id bigint NOT NULL);
             CREATE TABLE topics (id bigint PRIMARY KEY, site_id bigint NOT NULL, place integer[] NOT NULL);
             CREATE TABLE article_topics (id bigserial PRIMARY KEY, site_id bigint NOT NULL,
                 article_id bigint NOT NULL, topic_id bigint NOT NULL);
             INSERT INTO articles SELECT i, 7 FROM generate_series(1, 4) AS i;
             INSERT INTO topics VALUES (1, 7, '{1,1}'), (2, 7, '{1,2}'), (3, 7, '{2,1}');
             INSERT INTO article_topics (site_id, article_id, topic_id)
             VALUES (7, 1, 1), (7, 1, 2), (7, 2, 1), (7, 3, 3)",
        )
        .unwrap();
    let links = Relation::many("article_topics", Article::ID, ArticleTopic::ARTICLE_ID);
    let topics = Links::new(links, ArticleTopic::TOPIC_ID, Topic);
    let places = || [vec![1, 1], vec![1, 2]];
    let none = Vec::<Vec<i32>>::new;
    for (condition, expected) in [
        (topics.any_of(Topic::PLACE, places()), &[1, 2][..]),
        (topics.all_of(Topic::PLACE, places()), &[1]),
        (topics.none_of(Topic::PLACE, places()), &[3, 4]),
        (topics.any_of(Topic::PLACE, none()), &[]),
        (topics.all_of(Topic::PLACE, none()), &[1, 2, 3, 4]),
    ] {
        for form in FORMS {
            let listing = Listing::of(Article).tenant(7).filter(condition.clone());
            let page = listing
                .link_form(form)
                .page(Page::first(9))
                .build()
                .unwrap();
            let rows = page.fetch(&mut client).unwrap();
            let ids: Vec<i64> = rows.decode(|row| row.get(Article::ID)).unwrap();
            assert_eq!(ids, expected, "{form:?}\n{page:#}");
        }
    }
}

#[test]
fn all_of_the_same_several_times_is_looked_for_once() {
    let ids = taggable(&mut reader());
    let page = |names: &[&str]| {
        let tags = chat::tagged(&ids, Match::all_of(names.iter().copied()));
        let listing = Listing::of(Session).tenant(TEAM).filter(tags);
        listing.page(Page::first(9)).build().unwrap()
    };
    let once = page(&["b", "a"]);
    let often = page(&["b", "a", "a", "b"]);
    assert_eq!(often.to_literal_sql(), once.to_literal_sql());
}
