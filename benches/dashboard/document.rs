//! The document: tables in Markdown, and charts.

use std::fmt::Write;
use std::fs;
use std::path::Path;

use crate::report::job::Way;
use crate::report::markdown::{INDEXES, capitalized, fastest, provenance, ratio};
use crate::report::result::{JobResult, ScaleResult, Timing};
use crate::report::run::Run;
use crate::report::{Fallible, chart, targets};

/// Who is compared, in the order of the tables.
const WAYS: [Way; 5] = [
    Way::Today,
    Way::Legacy,
    Way::OneByOne,
    Way::Pagewise,
    Way::Best,
];

/// What the chart shows.
const CHARTED: [&str; 10] = [
    "overview_7d_large_all",
    "overview_30d_large_all",
    "overview_30d_large_one",
    "overview_30d_small_all",
    "overview_ever_large_all",
    "charts_30d_large_all",
    "bots_30d_large_all",
    "users_30d_large_all",
    "panels_30d_large_all",
    "panels_30d_small_all",
];

/// What grows with the data.
const GROWING: [&str; 4] = [
    "overview_30d_large_all",
    "overview_30d_large_one",
    "charts_30d_large_all",
    "panels_30d_large_all",
];

const WINDOWS: [&str; 4] = ["7d", "30d", "90d", "ever"];
const WHOSE: [&str; 6] = [
    "large_all",
    "large_one",
    "middle_all",
    "middle_one",
    "small_all",
    "small_one",
];

/// Writes `benchmarks-dashboard.md` and its charts.
pub fn write(folder: &Path, run: &Run<'_>) -> Fallible<()> {
    fs::write(folder.join("benchmarks-dashboard.md"), markdown(run))?;
    if let Some(result) = run.scales.iter().find(|result| result.scale == 1.0) {
        let jobs: Vec<_> = CHARTED.iter().filter_map(|key| result.job(key)).collect();
        fs::write(
            folder.join("benchmarks-dashboard.svg"),
            chart::bars("Panels at scale 1", &jobs, &WAYS),
        )?;
    }
    fs::write(
        folder.join("benchmarks-dashboard-growth.svg"),
        chart::growth(run.scales, &GROWING, &WAYS),
    )?;
    Ok(())
}

fn markdown(run: &Run<'_>) -> String {
    let mut text = format!(
        "# What a dashboard costs\n\n\
         {}\
         * **What is asked for**: the overview (seven numbers and three ratios) over 7, 30 and 90 days and over everything; \
         the charts of active participants, sessions and messages by day, each other panel, and all panels at once over 30 \
         days. The windows end where the data ends. Of all chatbots of the team, or of the one that has the most sessions. \
         *Messages* are the human's and the chatbot's in the window: what there is to read. *Twice the history* is the same \
         window after as many chats, sessions and messages were added before all others.\n\
         * **Ways**: *today* is what the origin's ORM emits, one statement after the other (seven for the overview, three for \
         the charts, twenty for all panels); what its application does with the rows is not measured. *Legacy* is \
         `Strategy::Legacy`, *one by one* pagewise with each panel in a statement of its own, *pagewise* one statement. *By \
         hand* is the fastest of several forms ([SQL](../benches/sql/dashboard)). That all say the same is asserted.\n\
         * **Method**: all ways in turns, each round beginning with another one: 7 to 101 rounds, 3 of what takes two \
         seconds. Times are those of the fastest round, in milliseconds, with planning: one round trip for each statement, \
         unprepared. Ratios are the median of the rounds' ratios. Buffers are those of EXPLAIN (ANALYZE, BUFFERS), hit and \
         read, of all statements together.\n",
        provenance(
            run,
            "dashboard",
            INDEXES,
            "The dashboards are those of the largest team, which has 40 % of everything, of a middle and of a small one"
        ),
    );
    if !run.targets.is_empty() {
        text.push_str("\n## Targets, at scale 1\n\n");
        text.push_str(&targets::table(run.targets));
    }
    if run.scales.iter().any(|result| result.scale == 1.0) {
        text.push_str("\n![Panels at scale 1](benchmarks-dashboard.svg)\n");
    }
    text.push_str(&growth(run.scales));
    for result in run.scales {
        let _ = write!(text, "\n## Scale {}\n\n", result.scale);
        text.push_str(&table(result));
        text.push_str("\nThe forms by hand, in milliseconds, and pagewise prepared:\n\n");
        text.push_str(&forms(result));
    }
    text
}

/// What the costs follow.
fn growth(scales: &[ScaleResult]) -> String {
    let mut text = String::from(
        "\n## What the cost follows\n\n![Growth](benchmarks-dashboard-growth.svg)\n\n\
         With the data, over 30 days:\n\n",
    );
    let months = WHOSE.iter().flat_map(|whose| {
        scales.iter().filter_map(move |result| {
            let job = result.job(&format!("overview_30d_{whose}"))?;
            Some((format!("scale {}", result.scale), job))
        })
    });
    text.push_str(&costs(months));
    if let Some(result) = scales.last() {
        let _ = write!(text, "\nWith the window, at scale {}:\n\n", result.scale);
        let windows = WHOSE.iter().flat_map(|whose| {
            let keys = WINDOWS.map(|window| format!("overview_{window}_{whose}"));
            keys.into_iter().filter_map(|key| result.job(&key))
        });
        text.push_str(&costs(windows.map(|job| (String::new(), job))));
        let _ = write!(
            text,
            "\nWith a longer past, the same window, at scale {}:\n\n",
            result.scale
        );
        let pasts = ["overview_30d_large_all", "overview_30d_large_one"];
        let pasts = pasts.into_iter().flat_map(|key| {
            let keys = [key.to_owned(), format!("older_{key}")];
            keys.into_iter().filter_map(|key| result.job(&key))
        });
        text.push_str(&costs(pasts.map(|job| (String::new(), job))));
    }
    text
}

/// Time and buffers beside the messages that there are to read.
fn costs<'a>(jobs: impl Iterator<Item = (String, &'a JobResult)>) -> String {
    let mut text = String::from(
        "| asked for | | messages | today, ms | pagewise, ms | by hand, ms | today, buffers | pagewise, buffers | by hand, buffers | pagewise, buffers a message |\n\
         |---|---|--:|--:|--:|--:|--:|--:|--:|--:|\n",
    );
    for (label, job) in jobs {
        let messages = job.counted.unwrap_or(0);
        let buffers = |way| job.way(way).map(|way| way.buffers);
        let cell = |buffers: Option<u64>| buffers.map_or(String::new(), |count| count.to_string());
        let each = buffers(Way::Pagewise).filter(|_| messages > 0);
        let each = each.map(|count| format!("{:.2}", count as f64 / messages as f64));
        let _ = writeln!(
            text,
            "| {} | {label} | {messages} | {} | {} | {} | {} | {} | {} | {} |",
            capitalized(&job.title),
            fastest(Some(job), Way::Today),
            fastest(Some(job), Way::Pagewise),
            fastest(Some(job), Way::Best),
            cell(buffers(Way::Today)),
            cell(buffers(Way::Pagewise)),
            cell(buffers(Way::Best)),
            each.unwrap_or_default(),
        );
    }
    text
}

fn table(result: &ScaleResult) -> String {
    let mut text = String::from("| asked for | messages |");
    for way in WAYS {
        let _ = write!(text, " {} |", way.name());
    }
    text.push_str(
        " pagewise to today | to one by one | to by hand | buffers to today | buffers to one by one |\n|---|--:|",
    );
    text.push_str(&"--:|".repeat(WAYS.len() + 5));
    text.push('\n');
    for job in &result.jobs {
        let messages = job.counted.unwrap_or(0);
        let _ = write!(text, "| {} | {messages} |", capitalized(&job.title));
        for way in WAYS {
            let _ = write!(text, " {} |", fastest(Some(job), way));
        }
        let pagewise = job.way(Way::Pagewise);
        let time = |against| ratio(pagewise.and_then(|way| job.ratio(way, against)));
        let buffers = |against| ratio(pagewise.and_then(|way| job.buffers_ratio(way, against)));
        let _ = writeln!(
            text,
            " {} | {} | {} | {} | {} |",
            time(Way::Today),
            time(Way::OneByOne),
            time(Way::Best),
            buffers(Way::Today),
            buffers(Way::OneByOne),
        );
    }
    text
}

fn forms(result: &ScaleResult) -> String {
    let mut text = String::from(
        "| asked for | by hand | pagewise, planning alone | pagewise, prepared |\n|---|---|--:|--:|\n",
    );
    for job in &result.jobs {
        let pagewise = job.way(Way::Pagewise);
        let prepared = pagewise.and_then(|way| way.prepared.as_ref());
        let number =
            |value: Option<f64>| value.map_or(String::new(), |value| format!("{value:.2}"));
        let forms = job.ways.iter().filter(|way| way.way == Way::Best);
        let forms: Vec<_> = forms
            .map(|way| format!("{} {:.2}", way.form, way.planned.fastest()))
            .collect();
        let _ = writeln!(
            text,
            "| {} | {} | {} | {} |",
            capitalized(&job.title),
            forms.join(" · "),
            number(pagewise.map(|way| way.planning)),
            number(prepared.map(Timing::fastest)),
        );
    }
    text
}
