//! The report: a table on the terminal, Markdown and charts in a folder.

use std::error::Error;
use std::fmt::Write;
use std::fs;
use std::path::Path;
use std::time::SystemTime;

use chrono::{DateTime, Utc};

use crate::chart;
use crate::measure::{JobResult, ScaleResult, WayResult};
use crate::targets::Target;

/// A run, and how it was made.
pub struct Run<'a> {
    pub scales: &'a [ScaleResult],
    pub targets: &'a [Target],
    pub version: &'a str,
    pub settings: &'a [(&'a str, &'a str)],
    /// The machine's load before the first server was started.
    pub load_before: Option<&'a str>,
}

/// One scale as a table.
pub fn terminal(result: &ScaleResult) -> String {
    let mut text = format!(
        "\nscale {}: {} sessions of the team; fastest, median and in brackets the ratio to the proposal\n",
        result.scale, result.sessions
    );
    for job in &result.jobs {
        let _ = writeln!(
            text,
            "\n{:<46} {:>29} {:>29} {:>9} {:>18}",
            job.title, "with planning, ms", "prepared, ms", "planning", "buffers"
        );
        for way in &job.ways {
            let _ = writeln!(
                text,
                "  {:<44} {:>7.2} {:>10.2} ({:>7}) {:>10.2} {:>7.2} ({:>7}) {:>9.2} {:>8} ({:>7})",
                way.way.name(),
                way.planned.fastest,
                way.planned.milliseconds,
                ratio(way.planned.ratio),
                way.prepared.fastest,
                way.prepared.milliseconds,
                ratio(way.prepared.ratio),
                way.planning,
                way.buffers,
                ratio(buffers_ratio(job, way)),
            );
        }
        for note in &job.notes {
            let _ = writeln!(text, "  note: {note}");
        }
    }
    text
}

/// Writes `benchmarks.md` and its charts.
pub fn write(folder: &Path, run: &Run<'_>) -> Result<(), Box<dyn Error>> {
    fs::create_dir_all(folder)?;
    fs::write(folder.join("benchmarks.md"), markdown(run))?;
    if let Some(result) = run.scales.iter().find(|result| result.scale == 1.0) {
        fs::write(folder.join("benchmarks-pages.svg"), chart::pages(result))?;
    }
    fs::write(
        folder.join("benchmarks-growth.svg"),
        chart::growth(run.scales),
    )?;
    Ok(())
}

fn markdown(run: &Run<'_>) -> String {
    let now = DateTime::<Utc>::from(SystemTime::now()).format("%Y-%m-%d");
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let settings: Vec<String> = run
        .settings
        .iter()
        .map(|(name, value)| format!("`{name} = {value}`"))
        .collect();
    let scales: Vec<String> = run
        .scales
        .iter()
        .map(|result| format!("{} ({} sessions of it)", result.scale, result.sessions))
        .collect();
    let arguments: Vec<String> = run
        .scales
        .iter()
        .map(|result| result.scale.to_string())
        .collect();
    let load = run.load_before.map_or(String::new(), |load| {
        format!(" Its load average was {load} before the run.")
    });
    let mut text = format!(
        "# What running a page costs\n\n\
         Written by `cargo bench --bench pages -- --scales {arguments} --write docs` on {now}; run it to have these figures of your machine.\n\n\
         * **Server**: PostgreSQL {version}, with {settings}, else as it comes (`jit` on, `fsync` off); the client on the \
         same machine, over a socket.\n\
         * **Machine**: virtual, {cores} cores, shared with other work, so that times vary and ratios are what to look \
         at.{load}\n\
         * **Data**: the reference data of this repository (scale 1: 200 k sessions, 2 M messages, 630 k tag links), \
         freshly vacuumed and all in memory, with the origin's indexes and those that the design document proposes. The \
         pages are those of the largest team, which has 40 % of everything. Scales: {scales}.\n\
         * **Page**: 25 sessions with their chatbot, participant and chat, and the first, last and number of their \
         messages; newest first unless said otherwise. pagewise reads a 26th, to know whether there is a next page.\n\
         * **Ways**: *today* is what the origin's ORM emits, *proposed* what the design document proposes, as the same \
         ORM emits it ([SQL](../benches/sql)); *legacy* is `Strategy::Legacy`; *by hand* is the best that we know to \
         write. That all give the same rows is asserted, except where a note says what is wrong with one.\n\
         * **Method**: all ways in turns, each round beginning with another one. 7 to 101 rounds; of times the tables give \
         the fastest round, which other work on the machine disturbs least, then the median. \"With \
         planning\" is one round trip with an unprepared statement, \"prepared\" one with a statement that was prepared \
         and run six times before. In brackets the ratio to *proposed*: of times, the median of the rounds' ratios. \
         Buffers are those of EXPLAIN (ANALYZE, BUFFERS), hit and read.\n",
        version = run.version,
        settings = settings.join(", "),
        scales = scales.join(", "),
        arguments = arguments.join(","),
    );
    if !run.targets.is_empty() {
        text.push_str(
            "\n## Targets, at scale 1\n\n| target | at most | measured | |\n|---|--:|--:|---|\n",
        );
        for target in run.targets {
            let _ = writeln!(
                text,
                "| {} | {}x | {} | {} |",
                target.name,
                target.at_most,
                ratio(target.measured),
                target.verdict()
            );
        }
        text.push_str("\n![Pages at scale 1](benchmarks-pages.svg)\n");
    }
    text.push_str("\n## Growth with the data\n\nMilliseconds with planning, the fastest round. Neither today's way nor the proposal knows keysets: at those places the proposal goes by OFFSET.\n\n");
    text.push_str(&growth(run.scales));
    text.push_str("\n![Growth](benchmarks-growth.svg)\n");
    for result in run.scales {
        let _ = write!(text, "\n## Scale {}\n", result.scale);
        for job in &result.jobs {
            text.push_str(&table(job));
        }
    }
    text
}

fn table(job: &JobResult) -> String {
    let mut text = format!(
        "\n### {}\n\n| way | with planning, ms | | prepared, ms | | planning alone, ms | buffers |\n|---|--:|--:|--:|--:|--:|--:|\n",
        capitalized(&job.title)
    );
    for way in &job.ways {
        let _ = writeln!(
            text,
            "| {} | {:.2} | {:.2} ({}) | {:.2} | {:.2} ({}) | {:.2} | {} ({}) |",
            way.way.name(),
            way.planned.fastest,
            way.planned.milliseconds,
            ratio(way.planned.ratio),
            way.prepared.fastest,
            way.prepared.milliseconds,
            ratio(way.prepared.ratio),
            way.planning,
            way.buffers,
            ratio(buffers_ratio(job, way)),
        );
    }
    for note in &job.notes {
        let _ = writeln!(text, "\n{}.", capitalized(note));
    }
    text
}

fn growth(scales: &[ScaleResult]) -> String {
    let Some(last) = scales.last() else {
        return String::new();
    };
    let names: Vec<String> = scales
        .iter()
        .map(|result| result.scale.to_string())
        .collect();
    let mut text = format!("| page | way | {} |\n", names.join(" | "));
    let _ = writeln!(text, "|---|---|{}", "--:|".repeat(scales.len()));
    for job in &last.jobs {
        for way in &job.ways {
            let cells: Vec<String> = scales
                .iter()
                .map(|result| {
                    result
                        .job(job.key)
                        .and_then(|job| job.way(way.way))
                        .map_or(String::new(), |way| format!("{:.2}", way.planned.fastest))
                })
                .collect();
            let _ = writeln!(
                text,
                "| {} | {} | {} |",
                job.name(),
                way.way.name(),
                cells.join(" | ")
            );
        }
    }
    text
}

fn buffers_ratio(job: &JobResult, way: &WayResult) -> f64 {
    job.buffers_ratio(way.way).unwrap_or(f64::NAN)
}

/// As many digits as say something.
fn ratio(ratio: f64) -> String {
    match ratio {
        ratio if ratio < 0.01 => format!("{ratio:.4}x"),
        ratio if ratio < 0.1 => format!("{ratio:.3}x"),
        ratio => format!("{ratio:.2}x"),
    }
}

fn capitalized(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or(String::new(), |first| {
        first.to_uppercase().chain(letters).collect()
    })
}

/// The machine's load average, where the system says it.
pub fn load_average() -> Option<String> {
    let text = fs::read_to_string("/proc/loadavg").ok()?;
    text.split(' ').next().map(str::to_owned)
}
