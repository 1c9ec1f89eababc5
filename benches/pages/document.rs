//! The document: tables in Markdown, and charts.

use std::error::Error;
use std::fmt::Write;
use std::fs;
use std::path::Path;

use crate::report::chart;
use crate::report::job::Way;
use crate::report::markdown::{INDEXES, LARGEST_TEAM, capitalized, growth, provenance, ratio};
use crate::report::result::{JobResult, Timing};
use crate::report::run::Run;
use crate::report::targets;

/// Who is compared, in the order of the tables.
const WAYS: [Way; 5] = [
    Way::Today,
    Way::Proposed,
    Way::Legacy,
    Way::Pagewise,
    Way::Best,
];

/// Writes `benchmarks.md` and its charts.
pub fn write(folder: &Path, run: &Run<'_>) -> Result<(), Box<dyn Error>> {
    fs::write(folder.join("benchmarks.md"), markdown(run))?;
    if let Some(result) = run.scales.iter().find(|result| result.scale == 1.0) {
        let title = format!("One page of 25 sessions out of {}", result.sessions);
        fs::write(
            folder.join("benchmarks-pages.svg"),
            chart::bars(&title, &result.jobs.iter().collect::<Vec<_>>(), &WAYS),
        )?;
    }
    let panels = ["first", "offset_middle", "keyset_end", "by_last_message"];
    fs::write(
        folder.join("benchmarks-growth.svg"),
        chart::growth(run.scales, &panels, &WAYS),
    )?;
    Ok(())
}

fn markdown(run: &Run<'_>) -> String {
    let mut text = format!(
        "# What running a page costs\n\n\
         {}\
         * **Page**: 25 sessions with their chatbot, participant and chat, and the first, last and number of their \
         messages; newest first unless said otherwise. pagewise reads a 26th, to know whether there is a next page.\n\
         * **Ways**: *today* is what the origin's ORM emits, *proposed* what the design document proposes, as the same \
         ORM emits it ([SQL](../benches/sql/pages)); *legacy* is `Strategy::Legacy`; *by hand* is the best that we know to \
         write. That all give the same rows is asserted, except where a note says what is wrong with one.\n\
         * **Method**: all ways in turns, each round beginning with another one. 7 to 101 rounds; of times the tables give \
         the fastest round, which other work on the machine disturbs least, then the median. \"With \
         planning\" is one round trip with an unprepared statement, \"prepared\" one with a statement that was prepared \
         and run six times before. In brackets the ratio to *proposed*: of times, the median of the rounds' ratios. \
         Buffers are those of EXPLAIN (ANALYZE, BUFFERS), hit and read.\n",
        provenance(run, "pages", INDEXES, LARGEST_TEAM),
    );
    if !run.targets.is_empty() {
        text.push_str("\n## Targets, at scale 1\n\n");
        text.push_str(&targets::table(run.targets));
        text.push_str("\n![Pages at scale 1](benchmarks-pages.svg)\n");
    }
    text.push_str("\n## Growth with the data\n\nMilliseconds with planning, the fastest round. Neither today's way nor the proposal knows keysets: at those places the proposal goes by OFFSET.\n\n");
    text.push_str(&growth(run.scales, &WAYS));
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
        let prepared = |value: fn(&Timing) -> f64| way.prepared.as_ref().map_or(f64::NAN, value);
        let _ = writeln!(
            text,
            "| {} | {:.2} | {:.2} ({}) | {:.2} | {:.2} ({}) | {:.2} | {} ({}) |",
            way.name(),
            way.planned.fastest(),
            way.planned.median(),
            ratio(job.ratio(way, Way::Proposed)),
            prepared(Timing::fastest),
            prepared(Timing::median),
            ratio(job.prepared_ratio(way, Way::Proposed)),
            way.planning,
            way.buffers,
            ratio(job.buffers_ratio(way, Way::Proposed)),
        );
    }
    for note in &job.notes {
        let _ = writeln!(text, "\n{}.", capitalized(note));
    }
    text
}
