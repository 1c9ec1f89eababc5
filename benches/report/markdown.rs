//! What the documents have in common.

use std::fmt::Write;
use std::fs;
use std::time::SystemTime;

use chrono::{DateTime, Utc};

use super::job::Way;
use super::result::{JobResult, ScaleResult};
use super::run::Run;

/// Whose rows the pages are.
pub const LARGEST_TEAM: &str =
    "The pages are those of the largest team, which has 40 % of everything";

/// With which indexes, unless the benchmark has sets of its own.
pub const INDEXES: &str = "the origin's indexes and those that the design document proposes";

/// When and on what it was run, as the first points of a list; `bench` is the name of the benchmark, `whose` says whose
/// rows are asked for.
pub fn provenance(run: &Run<'_>, bench: &str, indexes: &str, whose: &str) -> String {
    let now = DateTime::<Utc>::from(SystemTime::now()).format("%Y-%m-%d");
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let settings: Vec<String> = run
        .settings
        .iter()
        .map(|(name, value)| format!("`{name} = {value}`"))
        .collect();
    let scales: Vec<String> = run
        .scales
        .iter()
        .map(|result| {
            format!(
                "{} ({} sessions of the largest team)",
                result.scale, result.sessions
            )
        })
        .collect();
    let only = match run.only {
        [] => String::new(),
        only => format!(" --only {}", only.join(",")),
    };
    let load = run.load_before.map_or(String::new(), |load| {
        format!(" Its load average was {load} before the run.")
    });
    format!(
        "Written by `cargo bench --bench {bench} -- --scales {arguments}{only} --write docs` on {now}; run it to have these \
         figures of your machine.\n\n\
         * **Server**: PostgreSQL {version}, with {settings}, else as it comes (`jit` on, `fsync` off); the client on the \
         same machine, over a socket.\n\
         * **Machine**: virtual, {cores} cores, shared with other work, so that times vary and ratios are what to look \
         at.{load}\n\
         * **Data**: the reference data of this repository (scale 1: 200 k sessions, 2 M messages, 630 k tag links), \
         freshly vacuumed and all in memory, with {indexes}. {whose}. \
         Scales: {scales}.\n",
        arguments = scale_names(run.scales).join(","),
        version = run.version,
        settings = settings.join(", "),
        scales = scales.join(", "),
    )
}

/// The fastest round of each of the ways over the scales.
pub fn growth(scales: &[ScaleResult], ways: &[Way]) -> String {
    let Some(last) = scales.last() else {
        return String::new();
    };
    let mut text = format!("| page | way | {} |\n", scale_names(scales).join(" | "));
    let _ = writeln!(text, "|---|---|{}", "--:|".repeat(scales.len()));
    for job in &last.jobs {
        for way in ways.iter().filter(|way| job.way(**way).is_some()) {
            let cells: Vec<String> = scales
                .iter()
                .map(|result| fastest(result.job(&job.key), *way))
                .collect();
            let _ = writeln!(
                text,
                "| {} | {} | {} |",
                job.name(),
                way.name(),
                cells.join(" | ")
            );
        }
    }
    text
}

/// The fastest round of a way, or nothing.
pub fn fastest(job: Option<&JobResult>, way: Way) -> String {
    let way = job.and_then(|job| job.way(way));
    way.map_or(String::new(), |way| format!("{:.2}", way.planned.fastest()))
}

/// The median of a way's rounds, or nothing.
pub fn median(job: Option<&JobResult>, way: Way) -> String {
    let way = job.and_then(|job| job.way(way));
    way.map_or(String::new(), |way| format!("{:.2}", way.planned.median()))
}

fn scale_names(scales: &[ScaleResult]) -> Vec<String> {
    scales
        .iter()
        .map(|result| result.scale.to_string())
        .collect()
}

/// As many digits as say something.
pub fn ratio(ratio: Option<f64>) -> String {
    match ratio {
        None => "-".to_owned(),
        Some(ratio) if ratio < 0.01 => format!("{ratio:.4}x"),
        Some(ratio) if ratio < 0.1 => format!("{ratio:.3}x"),
        Some(ratio) => format!("{ratio:.2}x"),
    }
}

pub fn capitalized(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or(String::new(), |first| {
        first.to_uppercase().chain(letters).collect()
    })
}

/// The machine's load average, where the system says it.
pub fn load_average() -> Option<String> {
    let text = fs::read_to_string("/proc/loadavg").ok()?;
    text.split(' ').next().map(str::to_owned)
}
