//! What the dashboard must reach at scale 1.

use crate::report::job::Way;
use crate::report::result::{JobResult, ScaleResult};
use crate::report::targets::Target;

/// The scale at which targets hold.
const SCALE: f64 = 1.0;

/// How a job is measured.
type Measure = fn(&JobResult) -> Option<f64>;

/// The jobs whose key begins so, how they are measured, and what the worst of them may have.
const TARGETS: [(&str, &str, Measure, f64); 5] = [
    (
        "overview over 7 days, time against the seven statements",
        "overview_7d",
        to_today,
        0.3,
    ),
    (
        "overview over 30 days, time against the seven statements",
        "overview_30d",
        to_today,
        0.3,
    ),
    (
        "overview over everything, time against the seven statements",
        "overview_ever",
        to_today,
        0.7,
    ),
    (
        "all panels, time against the old way one by one",
        "panels_",
        to_today,
        0.4,
    ),
    (
        "all panels, buffers against pagewise's one by one",
        "panels_",
        to_one_by_one,
        0.6,
    ),
];

/// The targets; none if their scale was not measured.
pub fn check(scales: &[ScaleResult]) -> Vec<Target> {
    let at_scale = scales.iter().filter(|result| result.scale == SCALE);
    let targets = at_scale.flat_map(|result| {
        TARGETS
            .iter()
            .filter_map(|(name, begin, measure, at_most)| {
                let jobs = result.jobs.iter().filter(|job| job.key.starts_with(begin));
                let measured: Vec<_> = jobs
                    .filter_map(|job| Some((measure(job)?, job.title.as_str())))
                    .collect();
                let over = measured.iter().filter(|(ratio, _)| ratio > at_most).count();
                let (worst, title) = measured
                    .iter()
                    .max_by(|left, right| left.0.total_cmp(&right.0))?;
                let count = measured.len();
                let name = format!("{name}: {over} of {count} over, the worst: {title}");
                Some(Target::new(name, *at_most, *worst))
            })
    });
    targets.collect()
}

fn to_today(job: &JobResult) -> Option<f64> {
    job.ratio(job.way(Way::Pagewise)?, Way::Today)
}

fn to_one_by_one(job: &JobResult) -> Option<f64> {
    job.buffers_ratio(job.way(Way::Pagewise)?, Way::OneByOne)
}
