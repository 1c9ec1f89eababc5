//! What a dashboard costs: pagewise beside the origin's statements, one by one, and the best of several forms by hand.
//!
//! ```text
//! cargo bench --bench dashboard                          # scales 0.1, 1 and 2: half an hour
//! cargo bench --bench dashboard -- --scales 0.1          # one scale: minutes
//! cargo bench --bench dashboard -- --only overview,all_  # jobs whose key has one of these in it
//! cargo bench --bench dashboard -- --write docs          # also Markdown and charts, into that folder
//! ```
//!
//! It starts a PostgreSQL server of its own, loads the reference data, asserts that all ways say the same, and runs them
//! in turns.

mod asked;
mod best;
mod document;
mod facts;
mod history;
mod jobs;
mod ours;
mod place;
#[path = "../report/mod.rs"]
mod report;
mod targets;
mod today;

use std::error::Error;

use report::job::Way;
use report::run::Report;

fn main() -> Result<(), Box<dyn Error>> {
    Report {
        jobs: jobs::at,
        targets: targets::check,
        write: document::write,
        fewest_slow_rounds: 7,
        // The old way takes seconds for all panels.
        fewest_very_slow_rounds: 3,
        against: Way::Today,
        is_prepared: |way| matches!(way, Way::Pagewise | Way::Best),
    }
    .run()
}
