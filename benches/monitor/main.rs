//! What counting a statement costs, beside the same statement not counted: with a client that answers at once.
//!
//! ```text
//! cargo bench --bench monitor --features monitor
//! ```
//!
//! No database is needed. The text is that of a page with four annotations and three filters, of 2 kB.

use std::hint::black_box;
use std::time::{Duration, Instant};

use criterion::Criterion;
use pagewise::chat::{self, Session};
use pagewise::driver::postgres::Execute;
use pagewise::monitor::{Collector, Monitor, Tags};
use pagewise::sea_query::Value;
use pagewise::{Listing, Page, PageStatement, Statement};
use postgres::{Error, Row};

/// What counting one statement may cost.
const TARGET: Duration = Duration::from_micros(2);
const ROUNDS: usize = 301;
const BATCH: u32 = 1000;
/// How many statements a scope has: about as many as a page may.
const STATEMENTS: u64 = 20;

/// Answers without a server.
struct AtOnce;

impl Execute for AtOnce {
    fn run(&mut self, text: &str, parameters: &[Value]) -> Result<Vec<Row>, Error> {
        black_box((text, parameters));
        Ok(Vec::new())
    }
}

fn page() -> Result<PageStatement<Session>, pagewise::Error> {
    let messages = chat::message_timestamps();
    Listing::of(Session)
        .tenant(7)
        .filter(Session::PLATFORM.is_distinct_from("evaluations"))
        .filter(Session::STATUS.eq("active"))
        .filter(Session::EXTERNAL_ID.contains("a"))
        .order_by(Session::CREATED_AT.desc())
        .show((Session::STATUS, &messages))
        .page(Page::first(25))
        .build()
}

fn run(client: &mut impl Execute, statement: &Statement) {
    let _ = black_box(client.run(statement.text(), statement.parameters()));
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let page = page()?;
    let statement = page.statement();
    let collector = Collector::new();
    let tags = Tags::new([("application", "shop"), ("route", "/sessions")])?;
    let (alone, collected) = (
        Monitor::new("page").without_budget(),
        collector.scope("page").without_budget(),
    );
    let nested = collected.nested("part");

    let bare = || run(&mut AtOnce, statement);
    let counted = || run(&mut alone.with(&mut AtOnce), statement);
    let named = || {
        run(
            &mut alone.with(&mut AtOnce).named("sessions page"),
            statement,
        )
    };
    let in_collector = || {
        run(
            &mut collected.with(&mut AtOnce).named("sessions page"),
            statement,
        )
    };
    let in_two = || {
        run(
            &mut nested.with(&mut AtOnce).named("sessions page"),
            statement,
        )
    };
    let tagged = || run(&mut alone.with(&mut tags.with(&mut AtOnce)), statement);
    let whole_scope = || {
        let request = collector.scope("page");
        for _ in 0..STATEMENTS {
            run(
                &mut request.with(&mut AtOnce).named("sessions page"),
                statement,
            );
        }
        request.finish().server_timing()
    };

    let asked_for = |wanted: &str| std::env::args().any(|argument| argument == wanted);
    if !asked_for("--paired") {
        let mut criterion = Criterion::default().configure_from_args();
        let mut group = criterion.benchmark_group("monitor");
        group.bench_function("bare", |b| b.iter(bare));
        group.bench_function("counted", |b| b.iter(counted));
        group.bench_function("named, for a collector", |b| b.iter(in_collector));
        group.bench_function("a scope of 20 statements", |b| b.iter(whole_scope));
        group.finish();
        criterion.final_summary();
    }
    // `cargo test --benches` runs this too, without cargo's own argument: then nothing is measured.
    if !asked_for("--bench") {
        return Ok(());
    }

    println!(
        "\na text of {} bytes; each beside the same not counted",
        statement.text().len()
    );
    println!("{:<44} {:>9}   allocations", "for a statement", "cost");
    let mut most = Duration::ZERO;
    let mut line = |label: &str, work: &dyn Fn(), statements: u32| {
        let (cost, allocations) = measure(work, &bare, statements);
        most = most.max(cost);
        println!("{label:<44} {:>6} ns   {allocations:.2}", cost.as_nanos());
    };
    line("counted", &counted, 1);
    line("named", &named, 1);
    line("named, for a collector", &in_collector, 1);
    line("named, for a collector, in two scopes", &in_two, 1);
    line("counted, with tags", &tagged, 1);
    line(
        "with its share of a scope of 20 to its end",
        &|| drop(black_box(whole_scope())),
        STATEMENTS as u32,
    );
    println!(
        "at most {} ns of {}: {}",
        most.as_nanos(),
        TARGET.as_nanos(),
        if most < TARGET { "met" } else { "not met" }
    );
    Ok(())
}

/// What one of so many statements costs more than the bare one, and its allocations: batches of both in turn, and the median.
fn measure(work: &dyn Fn(), bare: &dyn Fn(), statements: u32) -> (Duration, f64) {
    work();
    let allocations = allocation_counter::measure(|| (0..BATCH / statements).for_each(|_| work()));
    let batch = |work: &dyn Fn(), times: u32| {
        let start = Instant::now();
        (0..times).for_each(|_| work());
        start.elapsed() / BATCH
    };
    let mut costs: Vec<_> = (0..ROUNDS)
        .map(|_| {
            let without = batch(bare, BATCH);
            batch(work, BATCH / statements).saturating_sub(without)
        })
        .collect();
    costs.sort_unstable();
    (
        costs[ROUNDS / 2],
        allocations.count_total as f64 / f64::from(BATCH),
    )
}
