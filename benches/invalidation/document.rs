//! The tables, as Markdown.

use std::fmt::Write as _;

use postgres::Client;

use crate::hits::Ratio;
use crate::way::Way;
use crate::write::Load;
use crate::writes::Fallible;
use crate::writes::costs::Costs;
use crate::writes::options::Options;

pub fn text(
    client: &mut Client,
    options: &Options,
    costs: &Costs<Way, Load>,
    ratios: &[Ratio],
) -> Fallible<String> {
    let version: String = client.query_one("SHOW server_version", &[])?.get(0);
    let mut text = String::new();
    writeln!(
        text,
        "# What it costs that results are outdated, and how often they are found\n"
    )?;
    writeln!(
        text,
        "Made by `cargo bench --bench invalidation -- --scale {} --write docs`, on PostgreSQL {version}: medians of {} rounds, each of \
         which makes all ways in turn, and of the rounds' ratios to no trigger.\n",
        options.scale, options.rounds
    )?;
    writeln!(text, "## Microseconds for a message written\n")?;
    // Of a thousand messages, milliseconds are microseconds of one.
    text.push_str(&costs.table(&Way::ALL, &Load::ALL, 1.0, 1)?);
    writeln!(
        text,
        "\n## Part of the reads that finds a result\n\nAn overview that is kept for 5 minutes; a message each 5 seconds, a read after so \
         many messages.\n"
    )?;
    let mut writes: Vec<_> = ratios.iter().map(|ratio| ratio.writes_per_read).collect();
    writes.sort_unstable();
    writes.dedup();
    let head: Vec<_> = writes
        .iter()
        .map(|writes| format!("{writes} messages for a read"))
        .collect();
    writeln!(text, "| | {} |", head.join(" | "))?;
    writeln!(text, "|---|{}", "--:|".repeat(head.len()))?;
    let mut words: Vec<&str> = ratios.iter().map(|ratio| ratio.words.as_str()).collect();
    words.dedup();
    for words in words {
        write!(text, "| {words} |")?;
        for writes in &writes {
            let mut found = ratios
                .iter()
                .filter(|ratio| ratio.words == words && ratio.writes_per_read == *writes);
            let hits = found.next().map_or(f64::NAN, |ratio| ratio.hits);
            write!(text, " {:.0} % |", hits * 100.0)?;
        }
        writeln!(text)?;
    }
    Ok(text)
}
