//! The document: tables in Markdown, and charts.

use std::fmt::Write;
use std::fs;
use std::path::Path;

use crate::cells;
use crate::grid;
use crate::index_sets::{self, OF_CHATBOTS};
use crate::report::job::Way;
use crate::report::markdown::{capitalized, median, provenance, ratio};
use crate::report::result::{JobResult, ScaleResult, Timing};
use crate::report::run::Run;
use crate::report::{Fallible, chart, targets};

/// Who is compared, in the order of the tables.
const WAYS: [Way; 6] = [
    Way::Today,
    Way::Proposed,
    Way::Legacy,
    Way::Pagewise,
    Way::Catalog,
    Way::Best,
];

/// What the chart shows.
const CHARTED: [&str; 10] = [
    "kept_first",
    "message_large_first",
    "message_large_offset",
    "message_large_keyset",
    "message_large_last",
    "message_tiny_first",
    "chatbots_trace_seed_first",
    "chatbots_trace_seed_deep",
    "chatbots_all_sessions_seed_first",
    "chatbots_activity_seed_first",
];

/// What grows with the data.
const GROWING: [&str; 4] = [
    "kept_first",
    "message_large_first",
    "chatbots_trace_seed_first",
    "chatbots_activity_seed_first",
];

/// Writes `benchmarks-sorting.md` and its charts.
pub fn write(folder: &Path, run: &Run<'_>) -> Fallible<()> {
    fs::write(folder.join("benchmarks-sorting.md"), markdown(run))?;
    if let Some(result) = run.scales.iter().find(|result| result.scale == 1.0) {
        let jobs: Vec<_> = CHARTED.iter().filter_map(|key| result.job(key)).collect();
        let title = format!("Sorting {} sessions and their chatbots", result.sessions);
        fs::write(
            folder.join("benchmarks-sorting.svg"),
            chart::bars(&title, &jobs, &WAYS),
        )?;
    }
    fs::write(
        folder.join("benchmarks-sorting-growth.svg"),
        chart::growth(run.scales, &GROWING, &WAYS),
    )?;
    Ok(())
}

fn markdown(run: &Run<'_>) -> String {
    let mut text = format!(
        "# What sorting by a computed value costs\n\n\
         {}\
         * **What is asked for**: a page of 25 sessions by their last message, with their chatbot, participant and chat, and \
         the first, last and number of their messages; a page of 25 chatbots by their last activity or the number of their \
         sessions, with the numbers of their sessions, participants and interactions. *As proposed* is what the design \
         document counts, evaluations included; *as today* what the origin counts, without them. The *kept* last message is \
         a column of the session: `last_activity_at`, which here holds the time of the last message.\n\
         * **Ways**: *today* is what the origin's ORM emits, with LIMIT; *proposed* what the design document proposes (2.1, \
         2.3), as the same ORM emits it ([SQL](../benches/sql/sorting)). Of \
         chatbots these are measured as they stand, which counts traces of no team too; that they give the same rows where \
         they are bound to the team, as pagewise's are, is asserted. *Legacy* is `Strategy::Legacy`, \
         *pagewise* knows nothing of the database, *with catalog* it was given a `Catalog`; *forced* it was made to take one \
         form: each row's value by a *probe*, one *grouped* pass, or a *walk* down the newest related rows. *By hand* is the \
         fastest of several forms. That all give the same rows is asserted.\n\
         * **Indexes**: those that are not of a set are hidden from the planner, and the catalog is read after that. \
         *Origin* is the origin's; *seed* adds those of the design document; *wanted* adds to the origin's \
         {}; *keys* are indexes of primary keys, unique constraints and foreign keys alone, and *bare* is *keys* without \
         those of foreign keys.\n\
         * **Method**: all ways in turns, each round beginning with another one: 7 to 101 rounds, 3 of what takes half a \
         second. What is word for word the same statement is run once in each round, for all ways that are. Times are \
         medians, in milliseconds, with planning: one round trip with an unprepared statement. Ratios are the median of the \
         rounds' ratios. Buffers are those of EXPLAIN (ANALYZE, BUFFERS), hit and read.\n",
        provenance(
            run,
            "sorting",
            "the indexes that are said below",
            "The largest team has 40 % of everything, the middle one 2 %; the tiny one, of sixty sessions, was added",
        ),
        wanted(),
    );
    if !run.targets.is_empty() {
        text.push_str("\n## Targets\n\n");
        text.push_str(&targets::table(run.targets));
        text.push_str(&by_indexes(run));
    }
    if run.scales.iter().any(|result| result.scale == 1.0) {
        text.push_str("\n![Sorting at scale 1](benchmarks-sorting.svg)\n");
    }
    text.push_str(
        "\n## The grid\n\n\
         What pagewise chose with the catalog against the fastest form that it could have been made to take: the ratio, the \
         form (**p**robe, **g**rouped, **w**alk), and the milliseconds that it took. Where the chosen statement \
         is word for word the fastest, the ratio is 1. A form that takes more than five times as long as what was chosen, \
         and a second, is given up. Bold is what is above 1.2 and takes 2 ms or more.\n",
    );
    for result in run.scales {
        let _ = write!(text, "\n### Scale {}\n\n", result.scale);
        text.push_str(&cells::table(result));
    }
    for result in run.scales {
        let _ = write!(text, "\n## Scale {}\n\n", result.scale);
        let jobs: Vec<_> = listed(result).collect();
        text.push_str(&table(&jobs));
        text.push_str("\nIn each form, in milliseconds; and as chosen, prepared:\n\n");
        text.push_str(&forms(&jobs));
        text.push_str("\nWhat is said of the choice:\n\n");
        text.push_str(&notes(&jobs));
    }
    text.push_str("\n## Growth with the data\n\n![Growth](benchmarks-sorting-growth.svg)\n");
    text
}

/// The jobs that are not of the grid.
fn listed(result: &ScaleResult) -> impl Iterator<Item = &JobResult> {
    let jobs = result.jobs.iter();
    jobs.filter(|job| !job.key.starts_with(grid::KEY))
}

fn wanted() -> String {
    let indexes = index_sets::wanted().filter_map(|statement| statement.split_once(" ON "));
    let indexes: Vec<_> = indexes
        .map(|(_, columns)| format!("`{}`", columns.trim_end_matches(';')))
        .collect();
    indexes.join(" and ")
}

/// Under which sets of indexes the targets of chatbots are met, in words.
fn by_indexes(run: &Run<'_>) -> String {
    let mut text = String::from("\n");
    for set in OF_CHATBOTS {
        let name = set.name();
        let of_set: Vec<_> = run
            .targets
            .iter()
            .filter(|target| target.name.ends_with(&format!(", {name}")))
            .collect();
        let missed: Vec<_> = of_set
            .iter()
            .filter(|target| !target.is_met())
            .map(|target| {
                target
                    .name
                    .trim_end_matches(&format!(", {name}"))
                    .to_owned()
            })
            .collect();
        let _ = writeln!(
            text,
            "* With {name}: {} of {} targets of chatbots are met{}{}.",
            of_set.len() - missed.len(),
            of_set.len(),
            if missed.is_empty() { "" } else { "; not: " },
            missed.join("; "),
        );
    }
    text
}

fn table(jobs: &[&JobResult]) -> String {
    let mut text = String::from("| asked for |");
    for way in WAYS {
        let _ = write!(text, " {} |", way.name());
    }
    text.push_str(
        " with catalog, form | to proposed | to today | to by hand | buffers to proposed | buffers to by hand |\n|---|",
    );
    text.push_str(&"--:|".repeat(WAYS.len()));
    text.push_str("---|");
    text.push_str(&"--:|".repeat(5));
    text.push('\n');
    for job in jobs {
        let _ = write!(text, "| {} |", capitalized(&job.title));
        for way in WAYS {
            let _ = write!(text, " {} |", median(Some(job), way));
        }
        let catalog = job.way(Way::Catalog);
        let time = |against| ratio(catalog.and_then(|way| job.ratio(way, against)));
        let buffers = |against| ratio(catalog.and_then(|way| job.buffers_ratio(way, against)));
        let _ = writeln!(
            text,
            " {} | {} | {} | {} | {} | {} |",
            catalog.map_or("", |way| way.form),
            time(Way::Proposed),
            time(Way::Today),
            time(Way::Best),
            buffers(Way::Proposed),
            buffers(Way::Best),
        );
    }
    text
}

fn forms(jobs: &[&JobResult]) -> String {
    let mut text = String::from(
        "| asked for | forced | by hand | with catalog, planning alone | with catalog, prepared |\n|---|---|---|--:|--:|\n",
    );
    for job in jobs {
        let catalog = job.way(Way::Catalog);
        let prepared = catalog.and_then(|way| way.prepared.as_ref());
        let number =
            |value: Option<f64>| value.map_or(String::new(), |value| format!("{value:.2}"));
        let forms = |of| {
            let forms = job.ways.iter().filter(|way| way.way == of);
            let forms = forms.map(|way| format!("{} {:.2}", way.form, way.planned.median()));
            forms.collect::<Vec<_>>().join(" · ")
        };
        let _ = writeln!(
            text,
            "| {} | {} | {} | {} | {} |",
            capitalized(&job.title),
            forms(Way::Forced),
            forms(Way::Best),
            number(catalog.map(|way| way.planning)),
            number(prepared.map(Timing::median)),
        );
    }
    text
}

fn notes(jobs: &[&JobResult]) -> String {
    let mut text = String::new();
    for job in jobs.iter().filter(|job| !job.notes.is_empty()) {
        let _ = writeln!(text, "* {}", capitalized(&job.title));
        for note in &job.notes {
            let _ = writeln!(text, "  * {note}");
        }
    }
    text
}
