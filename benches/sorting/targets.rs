//! What sorting must reach, at every scale that is measured.

use crate::cells::{AT_MOST, Cell, NOISE, worst};
use crate::grid;
use crate::report::job::Way;
use crate::report::markdown::ratio;
use crate::report::result::{JobResult, ScaleResult, WayResult};
use crate::report::targets::Target;

/// How a job is measured.
type Measure = fn(&JobResult) -> Option<f64>;

/// The scales at which targets hold, those of the grid apart.
const SCALES: [f64; 2] = [1.0, 5.0];

/// What is aimed at, the job, how it is measured, and what it may have.
const TARGETS: [(&str, &str, Measure, f64); 12] = [
    (
        "sessions by a kept value, first page, against the proposal",
        "kept_first",
        catalog_to_proposed,
        0.01,
    ),
    (
        "sessions by last message, first page, by probes, against the proposal",
        "message_large_first",
        probe_to_proposed,
        0.45,
    ),
    (
        "the same by a walk that fills the page, against the proposal",
        "message_large_first",
        walk_to_proposed,
        0.05,
    ),
    (
        "a walk that does not fill the page, against probes: forced, in the middle by OFFSET",
        "message_large_offset",
        walk_to_probe,
        1.2,
    ),
    (
        "the same, as chosen, of the older half of the sessions",
        "message_large_old",
        catalog_to_probe,
        1.2,
    ),
    (
        "the same, as chosen, middle team",
        "message_middle_first",
        catalog_to_probe,
        1.2,
    ),
    (
        "the same, as chosen, tiny team",
        "message_tiny_first",
        catalog_to_probe,
        1.2,
    ),
    (
        "chatbots by last activity, first page, against the proposal",
        "chatbots_trace_{indexes}_first",
        catalog_to_proposed,
        0.1,
    ),
    (
        "the same, last full page",
        "chatbots_trace_{indexes}_deep",
        catalog_to_proposed,
        0.02,
    ),
    (
        "chatbots by session count, first page, against the proposal",
        "chatbots_all_sessions_{indexes}_first",
        catalog_to_proposed,
        0.3,
    ),
    (
        "chatbots by last activity as defined today, first page, against today's with LIMIT",
        "chatbots_activity_{indexes}_first",
        catalog_to_today,
        0.45,
    ),
    (
        "the same, last full page",
        "chatbots_activity_{indexes}_deep",
        catalog_to_today,
        0.45,
    ),
];

/// The targets, as far as they were measured.
pub fn check(scales: &[ScaleResult]) -> Vec<Target> {
    let mut targets = Vec::new();
    for result in scales
        .iter()
        .filter(|result| SCALES.contains(&result.scale))
    {
        for (name, key, measure, at_most) in TARGETS {
            for (key, indexes) in keys(key) {
                let measured = result.job(&key).and_then(measure);
                let name = format!("scale {}: {name}{indexes}", result.scale);
                targets.extend(measured.map(|measured| Target::new(name, at_most, measured)));
            }
        }
    }
    targets.extend(scales.iter().filter_map(of_grid));
    targets
}

/// A key under each set of indexes, with the name of the set.
fn keys(key: &str) -> Vec<(String, String)> {
    match key.contains("{indexes}") {
        false => vec![(key.to_owned(), String::new())],
        true => {
            let sets = crate::index_sets::OF_CHATBOTS.into_iter();
            sets.map(|set| {
                let key = key.replace("{indexes}", set.key());
                (key, format!(", {}", set.name()))
            })
            .collect()
        }
    }
}

fn of_grid(result: &ScaleResult) -> Option<Target> {
    let cells = Cell::all(result, Way::Catalog);
    let long = cells.iter().copied().filter(|cell| !cell.is_noise());
    let over = long.clone().filter(Cell::is_over).count();
    let count = long.clone().count();
    let short = worst(cells.iter().copied().filter(Cell::is_noise));
    let short = short.map(|cell| cell.ratio());
    let worst = worst(long)?;
    let name = format!(
        "scale {}, {}: {over} of {count} cells of {NOISE} ms and more over, the worst: {} (of {} quicker ones: {})",
        result.scale,
        grid::KEY,
        worst.words(),
        cells.len() - count,
        ratio(short),
    );
    Some(Target::new(name, AT_MOST, worst.ratio()))
}

fn catalog_to_proposed(job: &JobResult) -> Option<f64> {
    job.ratio(job.way(Way::Catalog)?, Way::Proposed)
}

fn catalog_to_today(job: &JobResult) -> Option<f64> {
    job.ratio(job.way(Way::Catalog)?, Way::Today)
}

fn probe_to_proposed(job: &JobResult) -> Option<f64> {
    job.ratio(job.form(Way::Forced, "probe")?, Way::Proposed)
}

fn walk_to_proposed(job: &JobResult) -> Option<f64> {
    job.ratio(job.form(Way::Forced, "walk")?, Way::Proposed)
}

fn walk_to_probe(job: &JobResult) -> Option<f64> {
    to_probe(job, job.form(Way::Forced, "walk")?)
}

fn catalog_to_probe(job: &JobResult) -> Option<f64> {
    to_probe(job, job.way(Way::Catalog)?)
}

fn to_probe(job: &JobResult, result: &WayResult) -> Option<f64> {
    let probe = &job.form(Way::Forced, "probe")?.planned;
    Some(result.planned.ratio(probe))
}
