//! What was measured, as a table on the terminal.

use std::fmt::Write;

use super::job::Way;
use super::markdown::ratio;
use super::result::JobResult;

/// What the jobs of a scale have in common.
pub fn scale(scale: f64, sessions: u64, against: Way) -> String {
    format!(
        "\nscale {scale}: {sessions} sessions of the largest team; fastest, median and in brackets the ratios to {} and by hand",
        against.name(),
    )
}

/// One job.
pub fn job(job: &JobResult, against: Way) -> String {
    let mut text = String::new();
    let _ = writeln!(
        text,
        "{:<46} {:>40} {:>29} {:>9} {:>18}   rows: {}",
        job.title, "with planning, ms", "prepared, ms", "planning", "buffers", job.rows
    );
    for way in &job.ways {
        let _ = writeln!(
            text,
            "  {:<44} {:>9.2} {:>10.2} ({:>7}, {:>7}) {:>9} {:>8} ({:>7}) {:>9.2} {:>8} ({:>7})",
            way.name(),
            way.planned.fastest(),
            way.planned.median(),
            ratio(job.ratio(way, against)),
            ratio(job.ratio(way, Way::Best)),
            time(way.prepared.as_ref().map(|timing| timing.fastest())),
            time(way.prepared.as_ref().map(|timing| timing.median())),
            ratio(job.prepared_ratio(way, Way::Best)),
            way.planning,
            way.buffers,
            ratio(job.buffers_ratio(way, against)),
        );
    }
    for note in &job.notes {
        let _ = writeln!(text, "  note: {note}");
    }
    text
}

fn time(milliseconds: Option<f64>) -> String {
    milliseconds.map_or_else(|| "-".to_owned(), |time| format!("{time:.2}"))
}
