//! What building a page or a dashboard costs: pagewise beside the same statement written by hand in sea-query.
//!
//! ```text
//! cargo bench --bench build                # criterion's figures, then both beside each other with their ratio
//! cargo bench --bench build -- --paired    # the latter only
//! ```
//!
//! That both are the same text with the same parameters is asserted before anything is measured.

mod by_hand;
mod dashboard;
mod paired;
mod request;
mod writer;

use std::error::Error;

use chrono::{DateTime, Utc};
use criterion::Criterion;
use pagewise::chat::Session;
use pagewise::chat::dashboard::Panel;
use pagewise::listing::LinkForm;

use paired::Pair;
use request::{Declared, built};

/// The sort keys of a session.
const CURSOR_TIME: &str = "2026-09-05T20:10:40.579608Z";
const CURSOR_ID: i64 = 143;

/// What building may cost, as a multiple of the same by hand.
const TARGET: f64 = 1.5;

fn main() -> Result<(), Box<dyn Error>> {
    let since: DateTime<Utc> = "2026-01-01T00:00:00Z".parse()?;
    let at: DateTime<Utc> = CURSOR_TIME.parse()?;
    let declared = Declared::new();
    let cursor = declared.cursor(at, CURSOR_ID)?;

    assert_same(&declared.plain(), by_hand::plain())?;
    assert_same(
        &declared.keyset(cursor.clone()),
        by_hand::keyset(at, CURSOR_ID),
    )?;
    assert_same(&declared.session_page(since), by_hand::session_page(since))?;
    assert_same(
        &declared.filtered(since, LinkForm::Set),
        by_hand::filtered(since),
    )?;

    assert_same_overview(since)?;

    let asked_for = |wanted: &str| std::env::args().any(|argument| argument == wanted);
    if !asked_for("--paired") {
        let mut criterion = Criterion::default().configure_from_args();
        let mut group = criterion.benchmark_group("session page");
        group.bench_function("pagewise", |b| {
            b.iter(|| built(&declared.session_page(since)));
        });
        group.bench_function("by hand", |b| b.iter(|| by_hand::session_page(since)));
        group.finish();
        let mut group = criterion.benchmark_group("plain page");
        group.bench_function("pagewise", |b| b.iter(|| built(&declared.plain())));
        group.bench_function("by hand", |b| b.iter(by_hand::plain));
        group.finish();
        let mut group = criterion.benchmark_group("keyset page");
        group.bench_function("pagewise", |b| {
            b.iter(|| built(&declared.keyset(cursor.clone())));
        });
        group.bench_function("by hand", |b| b.iter(|| by_hand::keyset(at, CURSOR_ID)));
        group.finish();
        let mut group = criterion.benchmark_group("filtered page");
        group.bench_function("pagewise", |b| {
            b.iter(|| built(&declared.filtered(since, LinkForm::Set)));
        });
        group.bench_function("pagewise, in the form that it chooses", |b| {
            b.iter(|| built(&declared.filtered(since, LinkForm::Chosen)));
        });
        group.bench_function("by hand", |b| b.iter(|| by_hand::filtered(since)));
        group.finish();
        let mut group = criterion.benchmark_group("dashboard");
        group.bench_function("overview", |b| {
            b.iter(|| dashboard::built(since, [Panel::Overview]));
        });
        group.bench_function("overview, by hand", |b| {
            b.iter(|| dashboard::overview(since))
        });
        group.bench_function("all panels", |b| {
            b.iter(|| dashboard::built(since, Panel::ALL));
        });
        group.bench_function("all panels, one by one", |b| {
            b.iter(|| dashboard::built_one_by_one(since));
        });
        group.finish();
        criterion.final_summary();
    }

    // `cargo test --benches` runs this too, without cargo's own argument: then nothing is measured.
    if !asked_for("--bench") {
        return Ok(());
    }
    println!(
        "\n{:<44} {:>10} {:>10} {:>7}   allocations",
        "building, in turns", "pagewise", "by hand", "ratio"
    );
    let page = paired::measure(
        || built(&declared.session_page(since)),
        || by_hand::session_page(since),
    );
    line("session page: 4 annotations, 3 filters", &page);
    line(
        "  annotations declared anew for each page",
        &paired::measure(
            || built(&Declared::new().session_page(since)),
            || by_hand::session_page(since),
        ),
    );
    let listing = declared.session_page(since);
    line(
        "  the listing kept, build() alone",
        &paired::measure(|| built(&listing), || by_hand::session_page(since)),
    );
    line(
        "plain page",
        &paired::measure(|| built(&declared.plain()), by_hand::plain),
    );
    line(
        "keyset page: 3 annotations",
        &paired::measure(
            || built(&declared.keyset(cursor.clone())),
            || by_hand::keyset(at, CURSOR_ID),
        ),
    );
    line(
        "filtered page: 5 filters, one on tags",
        &paired::measure(
            || built(&declared.filtered(since, LinkForm::Set)),
            || by_hand::filtered(since),
        ),
    );
    // Nobody writes that by hand: it has both ways to the rows in it.
    line(
        "  in the form that it chooses, a larger text",
        &paired::measure(
            || built(&declared.filtered(since, LinkForm::Chosen)),
            || by_hand::filtered(since),
        ),
    );
    line(
        "overview of a dashboard",
        &paired::measure(
            || dashboard::built(since, [Panel::Overview]),
            || dashboard::overview(since),
        ),
    );
    // What stands for by hand here is each panel in a statement of its own.
    line(
        "all panels of a dashboard, to one by one",
        &paired::measure(
            || dashboard::built(since, Panel::ALL),
            || dashboard::built_one_by_one(since),
        ),
    );
    println!(
        "target: the session page at most {TARGET}x of by hand: {:.2}x, {}",
        page.ratio,
        if page.ratio <= TARGET {
            "met"
        } else {
            "NOT met"
        }
    );
    Ok(())
}

fn assert_same(
    listing: &pagewise::Listing<Session>,
    (text, parameters): (String, Vec<sea_query::Value>),
) -> Result<(), pagewise::Error> {
    let page = listing.build()?;
    assert_eq!(page.text(), text);
    assert_eq!(page.parameters(), parameters);
    Ok(())
}

fn assert_same_overview(start: DateTime<Utc>) -> Result<(), pagewise::Error> {
    let dashboard = dashboard::built(start, [Panel::Overview])?;
    let (text, parameters) = dashboard::overview(start);
    for statement in dashboard.statements() {
        assert_eq!(statement.text(), text);
        assert_eq!(statement.parameters(), parameters);
    }
    Ok(())
}

fn line(name: &str, pair: &Pair) {
    println!(
        "{name:<44} {:>7.1} us {:>7.1} us {:>6.2}x   {} / {}",
        pair.ours.as_secs_f64() * 1e6,
        pair.other.as_secs_f64() * 1e6,
        pair.ratio,
        pair.our_allocations,
        pair.other_allocations
    );
}
