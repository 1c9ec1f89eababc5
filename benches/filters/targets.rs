//! What filters must reach: at scale 1 against the proposal, at every scale against the best by hand.

use crate::report::job::Way;
use crate::report::result::{JobResult, ScaleResult};
use crate::report::targets::Target;

/// The scale at which targets against the proposal hold.
const SCALE: f64 = 1.0;

/// Jobs whose keys begin and end so, and what their time may be against the proposal's.
const PROPOSED: [(&str, &str, &str, f64); 10] = [
    ("rare tag, page", "any_rare_page", "page", 0.01),
    ("rare tag, count", "any_rare_count", "count", 0.01),
    ("common tag, page", "any_common_page", "page", 0.03),
    ("common tag, count", "any_common_count", "count", 0.05),
    ("bulk tag, page", "any_bulk_page", "page", 0.03),
    ("bulk tag, count", "any_bulk_count", "count", 0.05),
    ("none of a tag, page", "none_", "_page", 0.01),
    ("none of a tag, count", "none_", "_count", 0.06),
    ("all of rare and bulk, page", "all_rare_bulk", "_page", 0.01),
    (
        "all of rare and bulk, count",
        "all_rare_bulk",
        "_count",
        0.01,
    ),
];

/// What pagewise may lose against the best by hand: so many times as much, unless it is no more than so many
/// milliseconds.
const BY_HAND: [(Way, f64, f64); 2] = [(Way::Statistics, 1.3, 0.0), (Way::Pagewise, 3.0, 20.0)];

/// The targets, as far as they were measured.
pub fn check(scales: &[ScaleResult]) -> Vec<Target> {
    let at_scale = scales.iter().filter(|result| result.scale == SCALE);
    let proposed = at_scale.flat_map(|result| {
        PROPOSED.iter().filter_map(|(name, begin, end, at_most)| {
            let jobs = result.jobs.iter();
            let jobs = jobs.filter(|job| {
                job.key.starts_with(begin) && job.key.ends_with(end) && !job.key.ends_with("total")
            });
            let ratios = jobs.filter_map(|job| job.ratio(job.way(Way::Pagewise)?, Way::Proposed));
            let measured = ratios.max_by(f64::total_cmp)?;
            let name = format!("scale {SCALE}, against the proposal: {name}");
            Some(Target::new(name, *at_most, measured))
        })
    });
    let by_hand = scales.iter().flat_map(|result| {
        BY_HAND.iter().filter_map(move |(way, at_most, least)| {
            if !result.jobs.iter().any(|job| job.way(*way).is_some()) {
                return None;
            }
            let jobs = result.jobs.iter().filter(|job| job.way(*way).is_some());
            let regrets: Vec<_> = jobs.clone().filter_map(|job| regret(job, *way, *least)).collect();
            let over = regrets.iter().filter(|(ratio, _)| ratio > at_most).count();
            let worst = regrets.iter().max_by(|left, right| left.0.total_cmp(&right.0));
            let which = worst.map_or("none", |(_, title)| title);
            Some(Target {
                name: format!(
                    "scale {}, {} against by hand, where more than {least} ms are lost: {over} of {} over, the worst: {which}",
                    result.scale,
                    way.name(),
                    jobs.count(),
                ),
                at_most: *at_most,
                measured: worst.map(|(ratio, _)| *ratio),
            })
        })
    });
    proposed.chain(by_hand).collect()
}

/// How many times as long as by hand it takes, if that is so many milliseconds more.
fn regret(job: &JobResult, way: Way, least: f64) -> Option<(f64, &str)> {
    let result = job.way(way)?;
    let best = job.way(Way::Best)?;
    let lost = result.planned.difference(&best.planned);
    (lost > least).then(|| (result.planned.ratio(&best.planned), job.title.as_str()))
}
