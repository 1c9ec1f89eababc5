//! Links of a host's own tables: whatever those are called, and however often a link says the same.

use pagewise::listing::{LinkForm, LinkLimits, TotalCount};
use pagewise::schema::SqlType;
use pagewise::{Column, Entity, Links, Listing, Page, Predicate, Strategy, Total};
use postgres::Client;

use crate::support::empty;

/// Topics by key; two have one name, and one is another site's.
const TOPICS: [(i64, i64, &str); 5] = [
    (1, 7, "rust"),
    (2, 7, "sql"),
    (3, 7, "rust"),
    (4, 7, "draft"),
    (5, 8, "sql"),
];

/// What six articles are linked to: nothing in common, the same name twice, the same topic twice, another site's.
const LINKS: [(i64, &[i64]); 6] = [
    (1, &[1, 3]),
    (2, &[1, 2]),
    (3, &[2, 2]),
    (4, &[]),
    (5, &[3, 2, 4]),
    (6, &[1, 5]),
];

/// The articles that are linked to any of the names, to all, and to none: written down, not computed.
type Case = (
    &'static [&'static str],
    &'static [i64],
    &'static [i64],
    &'static [i64],
);

const CASES: [Case; 7] = [
    (&["rust"], &[1, 2, 5, 6], &[1, 2, 5, 6], &[3, 4]),
    (&["rust", "rust"], &[1, 2, 5, 6], &[1, 2, 5, 6], &[3, 4]),
    (&["rust", "sql"], &[1, 2, 3, 5, 6], &[2, 5], &[4]),
    (&["sql", "draft", "rust"], &[1, 2, 3, 5, 6], &[5], &[4]),
    (&["rust", "unknown"], &[1, 2, 5, 6], &[], &[3, 4]),
    (&["unknown"], &[], &[], &[1, 2, 3, 4, 5, 6]),
    (&[], &[], &[1, 2, 3, 4, 5, 6], &[1, 2, 3, 4, 5, 6]),
];

/// Each form, and each part of it.
const WAYS: [(LinkForm, u32, u32); 6] = [
    (LinkForm::Chosen, 1_000, 1_000),
    (LinkForm::Chosen, 0, 1_000),
    (LinkForm::Chosen, 0, 2),
    (LinkForm::Set, 1_000, 0),
    (LinkForm::Set, 0, 0),
    (LinkForm::Probe, 0, 0),
];

/// The keys of a page, and the rows of the listing.
fn found<E: Entity<Key = i64>>(
    client: &mut Client,
    listing: &Listing<E>,
    condition: &Predicate<E>,
    what: &str,
) -> Vec<i64> {
    let listing = listing.clone().filter(condition.clone());
    let page = listing.page(Page::first(10).with_total(Total::Exact));
    let page = page.build().expect("a page");
    let rows = page.fetch(client).expect("an answer");
    let keys = rows.decode(|row| row.get(E::key())).expect("keys");
    let total = rows.total().expect("a total");
    let expected = TotalCount::Exact(keys.len() as u64);
    assert_eq!(total, expected, "{what}\n{page:#}");
    keys
}

fn check<E, L, T>(
    client: &mut Client,
    links: &Links<E, L, T>,
    name: Column<T, impl SqlType<Base = String>>,
) where
    E: Entity<Key = i64>,
    L: Entity,
    T: Entity,
{
    for (names, any, all, none) in CASES {
        let owned = || names.iter().map(|name| (*name).to_owned());
        let conditions = [
            ("any", links.any_of(name, owned()), any),
            ("all", links.all_of(name, owned()), all),
            ("none", links.none_of(name, owned()), none),
        ];
        for (quantifier, condition, expected) in conditions {
            let listing = Listing::of(E::default()).tenant(7);
            let old = listing.clone().strategy(Strategy::Legacy);
            let what = format!("{quantifier} of {names:?}");
            assert_eq!(found(client, &old, &condition, &what), expected, "{what}");
            for (form, few_links, looked_at) in WAYS {
                let limits = LinkLimits::new().few_links(few_links).looked_at(looked_at);
                let listing = listing.clone().link_form(form).link_limits(limits);
                let what = format!("{what}, {form:?}, {limits:?}");
                let keys = found(client, &listing, &condition, &what);
                assert_eq!(keys, expected, "{what}");
            }
        }
    }
}

/// Three tables that are called, as their rows are, by these words; with columns that are called by these.
macro_rules! host {
    ($test:ident: $article:literal, $link:literal, $topic:literal; $key:literal, $from:literal, $name:literal) => {
        #[test]
        fn $test() {
            use pagewise::{Relation, entity};

            entity! {
                Article = $article as $article { key ID: i64 = $key; tenant SITE_ID: i64 = "site"; }
            }
            entity! {
                Link = $link as $link {
                    key ID: i64 = "id";
                    tenant SITE_ID: i64 = "site";
                    ARTICLE_ID: i64 = $from;
                    TOPIC_ID: i64 = "topic";
                }
            }
            entity! {
                Topic = $topic as $topic {
                    key ID: i64 = "id";
                    tenant SITE_ID: i64 = "site";
                    NAME: String = $name;
                }
            }
            let _ = (
                Article::SITE_ID,
                Link::ID,
                Link::SITE_ID,
                Topic::ID,
                Topic::SITE_ID,
            );
            let (_database, mut client) = empty();
            let [article, link, topic, key, from, name] =
                [$article, $link, $topic, $key, $from, $name].map(|word| format!("\"{word}\""));
            let mut text = format!(
                "CREATE TABLE {article} ({key} bigint, site bigint);
                 CREATE TABLE {link} (id bigserial, site bigint, {from} bigint, topic bigint);
                 CREATE TABLE {topic} (id bigint, site bigint, {name} text);"
            );
            for (id, site, called) in TOPICS {
                text.push_str(&format!(
                    "INSERT INTO {topic} VALUES ({id}, {site}, '{called}');"
                ));
            }
            for (id, topics) in LINKS {
                text.push_str(&format!("INSERT INTO {article} VALUES ({id}, 7);"));
                for topic in topics {
                    text.push_str(&format!(
                        "INSERT INTO {link} (site, {from}, topic) VALUES (7, {id}, {topic});"
                    ));
                }
            }
            client.batch_execute(&text).expect("tables");

            let way = || Relation::many("ways", Article::ID, Link::ARTICLE_ID);
            let links = Links::new(way(), Link::TOPIC_ID, Topic);
            check(&mut client, &links, Topic::NAME);
            // The same on two ways.
            let early = way().filter(Link::TOPIC_ID.lt(3));
            let links = Links::new(early, Link::TOPIC_ID, Topic);
            let late = way().filter(Link::TOPIC_ID.ge(2));
            check(&mut client, &links.or(late), Topic::NAME);
        }
    };
}

// The words by which a statement calls its own parts.
host!(plain_words: "article", "article_topic", "topic"; "id", "article_id", "name");
host!(words_of_sub_selects: "wanted", "links", "linked"; "wanted", "linked", "wanted");
host!(words_of_sub_selects_turned: "linked", "wanted", "links"; "few", "wanted", "number");
host!(words_of_the_first_rows: "candidates", "matches", "verdict"; "is_complete", "candidates", "are_many");
host!(words_of_the_page: "page", "total", "total_candidates"; "total_candidates", "page", "total");
host!(words_of_numbers: "few", "all_links", "counted"; "number", "few", "wanted_value");
host!(words_of_numbers_turned: "number", "few", "links_of_each"; "wanted_value", "number", "all_links");
host!(words_of_wanted_rows: "wanted_value", "wanted_wanted_row", "wanted_row"; "value", "each_wanted", "wanted_row");
