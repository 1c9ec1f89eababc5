//! The tables, as Markdown.

use std::fmt::Write as _;

use postgres::Client;

use crate::ROWS;
use crate::read::Read;
use crate::way::Way;
use crate::write::Load;
use crate::writes::Fallible;
use crate::writes::costs::Costs;
use crate::writes::options::Options;

pub fn text(
    client: &mut Client,
    options: &Options,
    costs: &Costs<Way, Load>,
    reads: &[Read],
) -> Fallible<String> {
    let version: String = client.query_one("SHOW server_version", &[])?.get(0);
    let mut text = String::new();
    writeln!(text, "# What keeping values costs, and what it gives\n")?;
    writeln!(
        text,
        "First and last message of each session, and how many there are, kept by triggers; an index by the last. Made by `cargo \
         bench --bench counters -- --scale {} --write docs`, on PostgreSQL {version}: medians of {} rounds, in milliseconds, and \
         ratios. The ways are measured one after the other.\n",
        options.scale, options.rounds
    )?;
    writeln!(text, "## {ROWS} messages written\n")?;
    text.push_str(&costs.table(&Way::ALL, &Load::ALL, 1.0, 0)?);
    writeln!(
        text,
        "\n## Sessions by their last message, 25 of the largest team\n"
    )?;
    writeln!(text, "| | ms | of the proposal | buffers |")?;
    writeln!(text, "|---|--:|--:|--:|")?;
    let proposed = reads.first().map_or(f64::NAN, |read| read.milliseconds);
    for read in reads {
        writeln!(
            text,
            "| {} | {:.2} | {:.4}x | {} |",
            read.words,
            read.milliseconds,
            read.milliseconds / proposed,
            read.buffers
        )?;
    }
    Ok(text)
}
