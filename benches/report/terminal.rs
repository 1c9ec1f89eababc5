//! What was measured, as a table on the terminal.

use std::fmt::Write;

use super::job::Way;
use super::markdown::ratio;
use super::result::ScaleResult;

/// One scale.
pub fn scale(result: &ScaleResult, against: Way) -> String {
    let mut text = format!(
        "\nscale {}: {} sessions of the largest team; fastest, median and in brackets the ratios to {} and by hand\n",
        result.scale,
        result.sessions,
        against.name(),
    );
    for job in &result.jobs {
        let _ = writeln!(
            text,
            "\n{:<46} {:>40} {:>29} {:>9} {:>18}   rows: {}",
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
    }
    text
}

fn time(milliseconds: Option<f64>) -> String {
    milliseconds.map_or_else(|| "-".to_owned(), |time| format!("{time:.2}"))
}
