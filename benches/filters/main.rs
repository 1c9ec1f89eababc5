//! What filtering costs: pagewise beside the origin's way, its design document's proposal and the best of several forms
//! by hand.
//!
//! ```text
//! cargo bench --bench filters                        # scales 0.1, 1 and 2: half an hour
//! cargo bench --bench filters -- --scales 0.1        # one scale: minutes
//! cargo bench --bench filters -- --only rare,none    # jobs whose key has one of these in it
//! cargo bench --bench filters -- --write docs        # also Markdown and charts, into that folder
//! ```
//!
//! It starts a PostgreSQL server of its own, loads the reference data, asserts that all ways give the same rows, and runs
//! them in turns.

mod by_hand;
mod document;
mod jobs;
mod place;
#[path = "../report/mod.rs"]
mod report;
mod sessions;
mod targets;
mod text_match;
mod traces;

use std::error::Error;

use report::job::Way;
use report::run::Report;

fn main() -> Result<(), Box<dyn Error>> {
    Report {
        jobs: jobs::at,
        targets: targets::check,
        write: document::write,
        // The ORM's ways take seconds each.
        fewest_slow_rounds: 3,
        fewest_very_slow_rounds: 0,
        against: Way::Proposed,
        is_prepared: |way| matches!(way, Way::Pagewise | Way::Statistics | Way::Best),
    }
    .run()
}
