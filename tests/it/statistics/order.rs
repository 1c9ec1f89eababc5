//! A pipeline in the order that the statistics suggest.

use pagewise::chat::{Message, Session};
use pagewise::filter::{Filter, FilterPipeline, Selectivity};
use pagewise::{Listing, Page};

use super::{instant, read};
use crate::support::{reader, run};

fn pipeline(order: &[usize]) -> FilterPipeline<Session> {
    let filters = [
        Filter::new("state", Session::STATUS.eq("active")).selectivity(Selectivity::High),
        Filter::new("channels", Session::PLATFORM.eq("whatsapp")).selectivity(Selectivity::Low),
        Filter::new("session_id", Session::EXTERNAL_ID.contains("a")),
        Filter::new(
            "last_activity",
            Session::LAST_ACTIVITY_AT.ge(instant("2026-08-01T00:00:00Z")),
        ),
        Filter::new(
            "human",
            Session::messages()
                .filter(Message::MESSAGE_TYPE.eq("human"))
                .exists(),
        ),
    ];
    order.iter().map(|at| filters[*at].clone()).collect()
}

#[test]
fn statistics_change_the_order_and_not_the_rows() {
    let mut client = reader();
    let statistics = read(&mut client);
    let names = |pipeline: &FilterPipeline<Session>| -> Vec<String> {
        let ordered = pipeline.ordered().into_iter();
        ordered.map(|filter| filter.name().to_owned()).collect()
    };
    let mut rows = Vec::new();
    for order in [[0, 1, 2, 3, 4], [4, 3, 2, 1, 0], [2, 0, 4, 1, 3]] {
        let by_rank = pipeline(&order);
        assert_eq!(
            names(&by_rank),
            ["state", "last_activity", "channels", "session_id", "human"]
        );
        let by_estimate = pipeline(&order).statistics(statistics.clone());
        assert_eq!(
            names(&by_estimate),
            ["channels", "state", "last_activity", "session_id", "human"]
        );
        for pipeline in [by_rank, by_estimate] {
            let listing = Listing::of(Session).tenant(1).filter_all(&pipeline);
            let page = listing.page(Page::first(100)).build().unwrap();
            assert!(
                page.to_string().contains(r#""platform" = ANY("#),
                "{page:#}"
            );
            rows.push(run(&mut client, &page));
        }
    }
    assert!(!rows[0].is_empty() && rows[0].len() < 100);
    assert!(rows.iter().all(|others| *others == rows[0]));
    let report = pipeline(&[0, 1, 2, 3, 4]).statistics(statistics).report();
    let notes: Vec<_> = report.notes().iter().map(ToString::to_string).collect();
    assert!(
        notes[0].starts_with("channels: place 1: comparison of columns, keeps about "),
        "{report}"
    );
    assert!(
        notes[0].ends_with(" % of the rows, by statistics read just now"),
        "{report}"
    );
    assert!(
        notes[1].starts_with("channels: = written as = ANY"),
        "{report}"
    );
    assert_eq!(
        notes.last().map(String::as_str),
        Some("human: place 5: look at other tables, selectivity medium")
    );
}

#[test]
fn without_a_match_of_a_text_equality_is_written_as_it_is() {
    let listing = Listing::of(Session)
        .tenant(1)
        .filter_all(&pipeline(&[0, 1, 3]));
    let page = listing.page(Page::first(100)).build().unwrap();
    assert!(page.to_string().contains(r#""platform" = $"#), "{page:#}");
    assert_eq!(pipeline(&[0, 1, 3]).report().notes().len(), 3);
    // An index on a key may give the rows in their order, which it does not for a list.
    let key = Filter::new("experiment", Session::EXPERIMENT_ID.eq(5));
    let beside_a_text = pipeline(&[0, 2]).filter(key);
    let listing = Listing::of(Session).tenant(1).filter_all(&beside_a_text);
    let page = listing.page(Page::first(100)).build().unwrap();
    assert!(
        page.to_string().contains(r#""experiment_id" = $"#),
        "{page:#}"
    );
    assert!(page.to_string().contains(r#""status" = ANY("#), "{page:#}");
}
