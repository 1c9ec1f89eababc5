//! What is printed.

use std::io::{self, Write};

use chrono::{DateTime, Utc};
use console::style;
use indicatif::HumanCount;
use pagewise::Statement;
use pagewise::listing::TotalCount;
use pagewise::report::Report;

use crate::SIZE;
use crate::compare::{Comparison, ROUNDS};
use crate::filtered::Filtered;
use crate::fold::fold;
use crate::load::Loaded;
use crate::session_page::SessionLine;
use crate::table::Table;

/// Rows of the page that are printed.
const SHOWN: usize = 10;

/// A title.
pub fn heading(out: &mut impl Write, text: &str) -> io::Result<()> {
    writeln!(out, "\n{}\n", style(text).bold().underlined())
}

/// On what everything below was run.
pub fn introduction(
    out: &mut impl Write,
    version: &str,
    place: &str,
    scale: f64,
    loaded: &Loaded,
) -> io::Result<()> {
    let rows = |table| HumanCount(loaded.summary.rows(table).unwrap_or(0).unsigned_abs());
    writeln!(out, "PostgreSQL {version}, {place}.")?;
    writeln!(
        out,
        "Reference data of scale {scale}, loaded in {:.1} s: {} sessions, {} messages, {} tag links.",
        loaded.time.as_secs_f64(),
        rows("experiments_experimentsession"),
        rows("chat_chatmessage"),
        rows("annotations_customtaggeditem"),
    )
}

/// The text of a statement, and how to read it.
pub fn sql(out: &mut impl Write, statement: &Statement) -> io::Result<()> {
    writeln!(
        out,
        "{}

Inside WITH, plain columns find the page: {} rows, one more than are shown, which tells whether
there is a next page. What is dear stands outside, and is computed for these rows only. Each table
that has a team is bound to it; all {} values are parameters.",
        fold(&format!("{statement:#}")),
        SIZE + 1,
        statement.parameters().len(),
    )
}

/// The first rows of a page.
pub fn rows(
    out: &mut impl Write,
    lines: &[SessionLine],
    total: Option<TotalCount>,
) -> io::Result<()> {
    if lines.is_empty() {
        return writeln!(out, "There are none.");
    }
    let mut table = Table::new([
        ">id",
        "chatbot",
        "participant",
        "status",
        ">msgs",
        "first",
        "last",
        "versions",
        "tags",
    ]);
    for line in lines.iter().take(SHOWN) {
        table.row([
            line.id.to_string(),
            line.chatbot.clone().unwrap_or_default(),
            line.participant.clone().unwrap_or_default(),
            line.status.clone(),
            line.message_count.to_string(),
            time(line.first_message_at),
            time(line.last_message_at),
            line.version_tags.clone(),
            line.chat_tags.clone(),
        ]);
    }
    write!(out, "{table}")?;
    let total = match total {
        Some(TotalCount::Exact(rows)) => format!(", of {} in all", HumanCount(rows)),
        Some(TotalCount::MoreThan(rows)) => format!(", of more than {} in all", HumanCount(rows)),
        _ => String::new(),
    };
    writeln!(
        out,
        "\nThe first {} of the page's {} rows{total}; the same statement counted them.",
        lines.len().min(SHOWN),
        lines.len(),
    )
}

/// What each page costs, either way.
pub fn costs(out: &mut impl Write, comparisons: &[Comparison]) -> io::Result<()> {
    let mut table = Table::new([
        "page",
        ">old ms",
        ">new ms",
        ">ratio",
        ">old buffers",
        ">new buffers",
        ">ratio",
        "rows",
    ]);
    for Comparison {
        name,
        legacy,
        optimized,
        ..
    } in comparisons
    {
        table.row([
            name.clone(),
            format!("{:.2}", legacy.execution),
            format!("{:.2}", optimized.execution),
            ratio(optimized.execution, legacy.execution),
            HumanCount(legacy.buffers).to_string(),
            HumanCount(optimized.buffers).to_string(),
            ratio(optimized.buffers as f64, legacy.buffers as f64),
            "the same".to_owned(),
        ]);
    }
    write!(out, "{table}")?;
    let planning = |of: fn(&Comparison) -> f64| {
        let (low, high) = comparisons.iter().map(of).fold(
            (f64::INFINITY, f64::NEG_INFINITY),
            |(low, high), planning| (low.min(planning), high.max(planning)),
        );
        format!("{low:.1} to {high:.1}")
    };
    writeln!(
        out,
        "
old: one SELECT with a sub-select for each value, as an ORM writes it (Strategy::Legacy).
new: the page first, then the values of its rows (Strategy::Optimized, the default).

On page 1 there is little to win: PostgreSQL itself computes a SELECT list after LIMIT. Further in,
the old way computes every value for every row that OFFSET skips. A keyset page begins at a cursor,
which is the place of a row, and skips nothing.

buffers  pages of 8 kB that the statement touched, on a slow machine as on a fast one
ms       execution; planning, where the statement is not kept prepared, adds {} ms (old)
         or {} ms (new)
Medians of {ROUNDS} runs by turns, after one that warms the cache, by EXPLAIN (ANALYZE, BUFFERS).",
        planning(|comparison| comparison.legacy.planning),
        planning(|comparison| comparison.optimized.planning),
    )
}

fn ratio(new: f64, old: f64) -> String {
    match new / old {
        ratio if !ratio.is_finite() => "-".to_owned(),
        ratio if ratio < 0.095 => format!("{ratio:.3}x"),
        ratio => format!("{ratio:.2}x"),
    }
}

/// A time, to the minute.
pub fn time(time: Option<DateTime<Utc>>) -> String {
    time.map(|time| time.format("%m-%d %H:%M").to_string())
        .unwrap_or_default()
}

/// What the query string asks for, and what of it is left out.
pub fn asked(out: &mut impl Write, filtered: &Filtered) -> io::Result<()> {
    match filtered.pipeline.to_query_string() {
        nothing if nothing.is_empty() => writeln!(out, "(nothing is asked for)")?,
        query => writeln!(out, "{query}")?,
    }
    for problem in &filtered.problems {
        writeln!(out, "left out: {problem}")?;
    }
    let mut filters = filtered.pipeline.filters().iter();
    if filters.any(|filter| filter.name() == "tags") {
        writeln!(
            out,
            "\nA session has the tags of its chat, which the list shows, and those of all its messages."
        )?;
    }
    Ok(())
}

/// In which order the filters are written, and in which form those by tags, for the page and for the total.
pub fn decisions(out: &mut impl Write, pipeline: &Report, page: &Report) -> io::Result<()> {
    // The page's report goes on where the pipeline's ends.
    let of_page = page.notes().iter().skip(pipeline.notes().len());
    for note in pipeline.notes().iter().chain(of_page) {
        writeln!(out, "{}: {}", note.subject, note.decision)?;
        writeln!(out, "    {}", note.reason)?;
    }
    if page.notes().is_empty() {
        writeln!(out, "There are no filters.")?;
    }
    Ok(())
}

/// The text of a statement that filters.
pub fn filtered_sql(out: &mut impl Write, statement: &Statement) -> io::Result<()> {
    writeln!(
        out,
        "{}

The filters stand where the page is found, and again where the rows are counted.",
        fold(&format!("{statement:#}")),
    )
}

/// What a page costs, either way.
pub fn cost(out: &mut impl Write, comparison: &Comparison) -> io::Result<()> {
    let Comparison {
        legacy, optimized, ..
    } = comparison;
    writeln!(
        out,
        "It takes {:.2} ms and {} buffers; written the old way, {:.2} ms and {} for the same rows.",
        optimized.execution,
        HumanCount(optimized.buffers),
        legacy.execution,
        HumanCount(legacy.buffers),
    )
}

/// Where to look next.
pub fn pointers(out: &mut impl Write) -> io::Result<()> {
    writeln!(
        out,
        "\
examples/quickstart/src/session_page.rs      what a host writes for a list of its own
examples/quickstart/src/filtered.rs          and for its filters
examples/quickstart/src/dashboard.rs         and for a dashboard
cargo run --example post_pagination          the SQL of both ways, to read side by side
cargo run --example message_timestamps       several values from one sub-select
cargo run --example version_tags             a list of names in one value
cargo run --example tag_filter               any, all or none of several tags, in several forms
cargo run --example combined_aggregate       numbers, series, groups and tables over sets of rows
cargo run --example dashboard                the SQL of the dashboard, whole and panel by panel
cargo run -p quickstart -- --scale 1         ten times the data
cargo run -p quickstart -- --filter 'f_tags=tag-rare&op_tags=any+of'
                                             another filter; --help has the columns
cargo run -p quickstart -- --days 7 --zone Asia/Kathmandu
                                             another dashboard
cargo doc --open                             the words, each with an example"
    )
}
