//! What the pages must reach at scale 1, against the proposal.

use crate::report::job::Way;
use crate::report::result::ScaleResult;
use crate::report::targets::Target;

/// The scale at which targets hold.
const SCALE: f64 = 1.0;

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
    let middle_page = middle.way(Way::Pagewise)?;
    let keyset = |key| {
        let buffers = result.job(key)?.way(Way::Pagewise)?.buffers;
        Some(buffers as f64 / first_page.buffers as f64)
    };
    Some(vec![
        Target::new(
            "middle page by OFFSET: time against the proposal",
            0.03,
            middle.ratio(middle_page, Way::Proposed)?,
        ),
        Target::new(
            "middle page by OFFSET: buffers against the proposal",
            0.01,
            middle.buffers_ratio(middle_page, Way::Proposed)?,
        ),
        Target::new(
            "keyset page in the middle: buffers against the first page",
            1.3,
            keyset("keyset_middle")?,
        ),
        Target::new(
            "keyset page near the end: buffers against the first page",
            1.3,
            keyset("keyset_end")?,
        ),
        Target::new(
            "first page: buffers against the proposal",
            0.8,
            first.buffers_ratio(first_page, Way::Proposed)?,
        ),
        Target::new(
            "first page: time with planning against the proposal",
            1.1,
            first.ratio(first_page, Way::Proposed)?,
        ),
        Target::new(
            "first page: time prepared against the proposal",
            1.0,
            first.prepared_ratio(first_page, Way::Proposed)?,
        ),
    ])
}
