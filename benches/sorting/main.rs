//! What sorting by a computed value costs: pagewise beside the origin's way, its design document's proposal, the best of
//! several forms by hand, and each of its own forms, under several sets of indexes.
//!
//! ```text
//! cargo bench --bench sorting -- --scales 0.1,1,5    # all that is reported on: an hour
//! cargo bench --bench sorting -- --scales 0.1        # one scale: minutes
//! cargo bench --bench sorting -- --only last,kept    # jobs whose key has one of these in it; those of the grid have "grid"
//! cargo bench --bench sorting -- --write docs        # also Markdown and charts, into that folder
//! ```
//!
//! It starts a PostgreSQL server of its own, loads the reference data, asserts that all ways give the same rows, and runs
//! them in turns.

mod by_hand;
mod cells;
mod chatbots;
mod document;
mod grid;
mod index_sets;
mod jobs;
mod kept;
mod ours;
mod place;
#[path = "../report/mod.rs"]
mod report;
mod sessions;
mod targets;

use std::error::Error;

use report::job::Way;
use report::run::Report;

fn main() -> Result<(), Box<dyn Error>> {
    Report {
        jobs: jobs::at,
        targets: targets::check,
        write: document::write,
        fewest_slow_rounds: 3,
        // The proposal takes seconds, in the midst of the list.
        fewest_very_slow_rounds: 3,
        against: Way::Proposed,
        is_prepared: |way| matches!(way, Way::Catalog),
    }
    .run()
}
