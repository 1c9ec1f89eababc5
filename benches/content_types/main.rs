//! What it costs to resolve content types that are known, and how many queries it takes when none are.
//!
//! ```text
//! cargo bench --bench content_types              # criterion's figures, then the targets: a minute
//! cargo bench --bench content_types -- --targets # the latter only: seconds
//! ```
//!
//! The cold set is asked of a server of its own, by 64 threads with one client that answers once all others wait.

mod cold;

use std::error::Error;
use std::hint::black_box;
use std::time::{Duration, Instant};

use criterion::Criterion;
use pagewise::ContentTypes;
use pagewise::chat;
use pagewise::content_type::Names;
use pagewise::driver::postgres::Execute;
use pagewise::sea_query::Value;
use postgres::{Error as DriverError, Row};

/// Nobody is asked for what is known.
struct Untouched;

impl Execute for Untouched {
    fn run(&mut self, text: &str, _: &[Value]) -> Result<Vec<Row>, DriverError> {
        unreachable!("{text}")
    }
}

/// What a known set may cost.
const TARGET: Duration = Duration::from_micros(1);

fn main() -> Result<(), Box<dyn Error>> {
    let types = ContentTypes::default();
    let rows = || {
        ["chat", "chatmessage"]
            .into_iter()
            .zip(41..)
            .map(|(model, id)| (id, "chat".to_owned(), model.to_owned()))
    };
    types.learn(&chat::TAGGABLE, types.generation(), rows())?;
    let names = [("chat", "chat"), ("chat", "chatmessage")];
    assert_eq!(types.known(&Names(&names)), Some(vec![41, 42]));

    let asked_for = |wanted: &str| std::env::args().any(|argument| argument == wanted);
    if !asked_for("--targets") {
        let mut criterion = Criterion::default().configure_from_args();
        let mut group = criterion.benchmark_group("known content types");
        group.bench_function("one", |b| {
            b.iter(|| types.resolve(&mut Untouched, black_box(&chat::CHAT)))
        });
        group.bench_function("a set of two", |b| {
            b.iter(|| types.resolve(&mut Untouched, black_box(&chat::TAGGABLE)));
        });
        group.bench_function("two by name", |b| {
            b.iter(|| types.resolve_names(&mut Untouched, black_box(&names)));
        });
        group.finish();
        criterion.final_summary();
    }

    // `cargo test --benches` runs this too, without cargo's own argument: then nothing is measured.
    if !asked_for("--bench") {
        return Ok(());
    }
    let median = median(|| {
        black_box(
            types
                .resolve(&mut Untouched, black_box(&chat::TAGGABLE))
                .is_ok(),
        );
    });
    let allocations = allocation_counter::measure(|| {
        black_box(
            types
                .resolve(&mut Untouched, black_box(&chat::TAGGABLE))
                .is_ok(),
        );
    });
    println!(
        "a known set of two: {} ns, {} allocations; target {} ns and 0: {}",
        median.as_nanos(),
        allocations.count_total,
        TARGET.as_nanos(),
        met(median < TARGET && allocations.count_total == 0)
    );
    let queries = cold::queries()?;
    println!(
        "{} threads that miss one set: {queries} queries; target 1: {}",
        cold::THREADS,
        met(queries == 1)
    );
    Ok(())
}

/// Of 101 times 10,000.
fn median(run: impl Fn()) -> Duration {
    const TIMES: u32 = 10_000;
    let mut samples: Vec<_> = (0..101)
        .map(|_| {
            let start = Instant::now();
            for _ in 0..TIMES {
                run();
            }
            start.elapsed() / TIMES
        })
        .collect();
    samples.sort();
    samples[samples.len() / 2]
}

fn met(met: bool) -> &'static str {
    if met { "met" } else { "NOT met" }
}
