//! Loading the reference data.

use std::time::{Duration, Instant};

use pagewise_reference::{Error, Summary};
use postgres::Client;

use crate::progress::Progress;

/// What was loaded, and how long it took.
pub struct Loaded {
    /// Tables and their numbers of rows.
    pub summary: Summary,
    /// How long it took.
    pub time: Duration,
}

/// Fills the database.
pub fn load(client: &mut Client, scale: f64, mut progress: Progress) -> Result<Loaded, Error> {
    let start = Instant::now();
    let summary = pagewise_reference::load(client, scale, |step, _, _| {
        progress.begin(step.name, step.weight);
    })?;
    Ok(Loaded {
        summary,
        time: start.elapsed(),
    })
}
