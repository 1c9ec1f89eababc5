//! What running a page costs: pagewise beside the origin's way, its design document's proposal and the best by hand.
//!
//! ```text
//! cargo bench --bench pages                          # scales 0.1, 1 and 2: some ten minutes
//! cargo bench --bench pages -- --scales 0.1          # one scale: a minute
//! cargo bench --bench pages -- --only keyset       # jobs whose key has this in it
//! cargo bench --bench pages -- --write docs          # also Markdown and charts, into that folder
//! ```
//!
//! It starts a PostgreSQL server of its own, loads the reference data, asserts that the ways to a page give the same
//! rows, and runs them in turns.

mod document;
mod jobs;
#[path = "../report/mod.rs"]
mod report;
mod targets;

use std::error::Error;

use report::job::Way;
use report::run::Report;

fn main() -> Result<(), Box<dyn Error>> {
    Report {
        jobs: jobs::at,
        targets: targets::check,
        write: document::write,
        fewest_slow_rounds: 7,
        fewest_very_slow_rounds: 7,
        against: Way::Proposed,
        is_prepared: |_| true,
    }
    .run()
}
