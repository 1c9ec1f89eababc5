//! The tables, as Markdown.

use std::fmt::Write as _;

use postgres::Client;

use crate::Fallible;
use crate::hits::Ratio;
use crate::options::Options;
use crate::way::Way;
use crate::write::{Cost, Load};

pub fn text(
    client: &mut Client,
    options: &Options,
    costs: &[Cost],
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
        "Made by `cargo bench --bench invalidation -- --scale {} --write docs`, on PostgreSQL {version}: medians of {} rounds. The \
         ways are measured one after the other.\n",
        options.scale, options.rounds
    )?;
    writeln!(text, "## Microseconds for a message written\n")?;
    let head: Vec<_> = Load::ALL.iter().map(|load| load.words()).collect();
    writeln!(text, "| | {} |", head.join(" | "))?;
    writeln!(text, "|---|{}", "--:|".repeat(head.len()))?;
    let find = |way: Way, load: Load| {
        let mut found = costs
            .iter()
            .filter(|cost| cost.way == way && cost.load == load);
        found.next().map_or(f64::NAN, |cost| cost.milliseconds)
    };
    for way in Way::ALL {
        write!(text, "| {} |", way.words())?;
        for load in Load::ALL {
            // Of a thousand messages, milliseconds are microseconds of one.
            let (cost, nothing) = (find(way, load), find(Way::Nothing, load));
            write!(text, " {cost:.1} ({:.2}x) |", cost / nothing)?;
        }
        writeln!(text)?;
    }
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
