//! The document: tables in Markdown, and charts.

use std::fmt::Write;
use std::fs;
use std::path::Path;

use crate::report::job::Way;
use crate::report::markdown::{
    INDEXES, LARGEST_TEAM, capitalized, fastest, growth, provenance, ratio,
};
use crate::report::result::{JobResult, ScaleResult, Timing};
use crate::report::run::Run;
use crate::report::{Fallible, chart, targets};

/// Who is compared, in the order of the tables.
const WAYS: [Way; 6] = [
    Way::Today,
    Way::Proposed,
    Way::Legacy,
    Way::Pagewise,
    Way::Statistics,
    Way::Best,
];

/// What the charts show: the tags alone.
const CHARTED: [&str; 10] = [
    "any_rare_page",
    "any_rare_count",
    "any_common_page",
    "any_common_count",
    "any_bulk_page",
    "any_bulk_count",
    "none_common_page",
    "none_common_count",
    "all_rare_bulk_page",
    "all_common_bulk_page",
];

/// Writes `benchmarks-filters.md` and its charts.
pub fn write(folder: &Path, run: &Run<'_>) -> Fallible<()> {
    fs::write(folder.join("benchmarks-filters.md"), markdown(run))?;
    if let Some(result) = run.scales.iter().find(|result| result.scale == 1.0) {
        let jobs: Vec<_> = CHARTED.iter().filter_map(|key| result.job(key)).collect();
        let title = format!("Filtering {} sessions by tags", result.sessions);
        fs::write(
            folder.join("benchmarks-filters.svg"),
            chart::bars(&title, &jobs, &WAYS),
        )?;
    }
    let panels = [
        "any_rare_page",
        "any_common_page",
        "any_common_count",
        "none_common_page",
    ];
    fs::write(
        folder.join("benchmarks-filters-growth.svg"),
        chart::growth(run.scales, &panels, &WAYS),
    )?;
    Ok(())
}

fn markdown(run: &Run<'_>) -> String {
    let mut text = format!(
        "# What filtering costs\n\n\
         {}\
         * **What is asked for**: the newest 25 sessions that pass the filters, or how many do, or both. Of the tags, \
         *tag-rare* hangs on a session in a thousand, on old ones only; *tag-01* is the most used of 25, *tag-bulk* hangs \
         on a tenth of the chats. *One chatbot* leaves some 200 sessions, *one platform* half of them. Tags are given by \
         number unless said otherwise.\n\
         * **Ways**: *today* is what the origin's ORM emits, *proposed* what the design document proposes (4.1, 4.2), as \
         the same ORM emits it; none-of is its condition negated, all-of that for each tag. *Legacy* is \
         `Strategy::Legacy`; *by hand* the fastest of several forms, each of which checks links and tags for their team, as \
         pagewise does ([SQL](../benches/sql/filters)). That all give the same rows is asserted.\n\
         * **Method**: all ways in turns, each round beginning with another one: 7 to 101 rounds, 3 of what takes half a \
         second, one of what takes two. Times are those of the fastest round, in milliseconds, with planning: one round \
         trip with an unprepared statement. Ratios are the median of the rounds' ratios. Buffers are those of EXPLAIN \
         (ANALYZE, BUFFERS), hit and read.\n",
        provenance(run, "filters", INDEXES, LARGEST_TEAM),
    );
    if !run.targets.is_empty() {
        text.push_str("\n## Targets\n\n");
        text.push_str(&targets::table(run.targets));
    }
    if run.scales.iter().any(|result| result.scale == 1.0) {
        text.push_str("\n![Tags at scale 1](benchmarks-filters.svg)\n");
    }
    for result in run.scales {
        let _ = write!(text, "\n## Scale {}\n\n", result.scale);
        text.push_str(&table(result));
        text.push_str("\nThe forms by hand, in milliseconds, and pagewise prepared:\n\n");
        text.push_str(&forms(result));
    }
    text.push_str(
        "\n## Growth with the data\n\nMilliseconds with planning, the fastest round.\n\n",
    );
    text.push_str("![Growth](benchmarks-filters-growth.svg)\n\n");
    text.push_str(&growth(run.scales, &WAYS));
    text
}

fn table(result: &ScaleResult) -> String {
    let mut text = String::from("| asked for | rows |");
    for way in WAYS {
        let _ = write!(text, " {} |", way.name());
    }
    text.push_str(" pagewise to proposed | to by hand | with statistics to by hand | buffers to proposed |\n|---|--:|");
    text.push_str(&"--:|".repeat(WAYS.len() + 4));
    text.push('\n');
    for job in &result.jobs {
        let _ = write!(text, "| {} | {} |", capitalized(&job.title), job.rows);
        for way in WAYS {
            let _ = write!(text, " {} |", fastest(Some(job), way));
        }
        let (pagewise, statistics) = (job.way(Way::Pagewise), job.way(Way::Statistics));
        let _ = writeln!(
            text,
            " {} | {} | {} | {} |",
            ratio(pagewise.and_then(|way| job.ratio(way, Way::Proposed))),
            ratio(pagewise.and_then(|way| job.ratio(way, Way::Best))),
            ratio(statistics.and_then(|way| job.ratio(way, Way::Best))),
            ratio(pagewise.and_then(|way| job.buffers_ratio(way, Way::Proposed))),
        );
    }
    for (job, note) in result.jobs.iter().flat_map(|job| {
        let notes = job.notes.iter();
        notes.map(move |note| (job, note))
    }) {
        let _ = writeln!(text, "\n{}: {note}.", capitalized(&job.title));
    }
    text
}

fn forms(result: &ScaleResult) -> String {
    let mut text = String::from(
        "| asked for | by hand | pagewise, planning alone | pagewise, prepared | to by hand |\n|---|---|--:|--:|--:|\n",
    );
    for job in &result.jobs {
        let pagewise = job.way(Way::Pagewise);
        let prepared = pagewise.and_then(|way| way.prepared.as_ref());
        let number =
            |value: Option<f64>| value.map_or(String::new(), |value| format!("{value:.2}"));
        let _ = writeln!(
            text,
            "| {} | {} | {} | {} | {} |",
            capitalized(&job.title),
            forms_of(job),
            number(pagewise.map(|way| way.planning)),
            number(prepared.map(Timing::fastest)),
            ratio(pagewise.and_then(|way| job.prepared_ratio(way, Way::Best))),
        );
    }
    text
}

/// Each form and its time, the fastest in bold.
fn forms_of(job: &JobResult) -> String {
    let best = job.way(Way::Best).map(|way| way.form);
    let forms = job.ways.iter().filter(|way| way.way == Way::Best);
    let cells: Vec<_> = forms
        .map(|way| {
            let cell = format!("{} {:.2}", way.form, way.planned.fastest());
            if best == Some(way.form) {
                format!("**{cell}**")
            } else {
                cell
            }
        })
        .collect();
    cells.join(" · ")
}
