//! What the pages must reach at scale 1, against the proposal.

use std::fmt::Write;

use crate::measure::ScaleResult;
use crate::ways::Way;

/// The scale at which targets hold.
const SCALE: f64 = 1.0;

/// One target and what was measured.
pub struct Target {
    pub name: &'static str,
    pub at_most: f64,
    pub measured: f64,
}

impl Target {
    pub fn is_met(&self) -> bool {
        self.measured <= self.at_most
    }

    pub fn verdict(&self) -> &'static str {
        if self.is_met() { "met" } else { "not met" }
    }
}

/// The targets; none if their scale was not measured.
pub fn check(scales: &[ScaleResult]) -> Vec<Target> {
    let Some(result) = scales.iter().find(|result| result.scale == SCALE) else {
        return Vec::new();
    };
    targets(result).unwrap_or_default()
}

fn targets(result: &ScaleResult) -> Option<Vec<Target>> {
    let first = result.job("first")?;
    let first_page = first.way(Way::Pagewise)?;
    let middle = result.job("offset_middle")?;
    let keyset = |key| {
        let buffers = result.job(key)?.way(Way::Pagewise)?.buffers;
        Some(buffers as f64 / first_page.buffers as f64)
    };
    let target = |name, at_most, measured| Target {
        name,
        at_most,
        measured,
    };
    Some(vec![
        target(
            "middle page by OFFSET: time against the proposal",
            0.03,
            middle.way(Way::Pagewise)?.planned.ratio,
        ),
        target(
            "middle page by OFFSET: buffers against the proposal",
            0.01,
            middle.buffers_ratio(Way::Pagewise)?,
        ),
        target(
            "keyset page in the middle: buffers against the first page",
            1.3,
            keyset("keyset_middle")?,
        ),
        target(
            "keyset page near the end: buffers against the first page",
            1.3,
            keyset("keyset_end")?,
        ),
        target(
            "first page: buffers against the proposal",
            0.8,
            first.buffers_ratio(Way::Pagewise)?,
        ),
        target(
            "first page: time with planning against the proposal",
            1.1,
            first_page.planned.ratio,
        ),
        target(
            "first page: time prepared against the proposal",
            1.0,
            first_page.prepared.ratio,
        ),
    ])
}

/// For the terminal.
pub fn text(targets: &[Target]) -> String {
    let mut text = String::from("targets at scale 1\n");
    if targets.is_empty() {
        text.push_str("  not measured: scale 1 was not among the scales\n");
    }
    for target in targets {
        let _ = writeln!(
            text,
            "  {:<60} {:>7.4}x, at most {}x: {}",
            target.name,
            target.measured,
            target.at_most,
            target.verdict()
        );
    }
    text
}
