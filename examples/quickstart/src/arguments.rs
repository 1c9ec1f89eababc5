//! The command line.

use std::error::Error;

use lexopt::Arg::Long;
use lexopt::prelude::{Short, ValueExt};
use pagewise::TimeZone;
use pagewise_reference::{LARGEST_SCALE, SMALLEST_SCALE};

use crate::dashboard::{LONGEST, Picked};
use crate::filtered;

/// Loads in some ten seconds into the embedded server.
const SCALE: f64 = 0.1;
/// A month.
const DAYS: u16 = 30;

/// What was asked for.
pub struct Arguments {
    /// How much data.
    pub scale: f64,
    /// What the list is filtered by, as a query string.
    pub filter: Option<String>,
    /// How far back the dashboard goes, if that is said.
    days: Option<u16>,
    /// In whose time the dashboard is, if that is said.
    zone: Option<TimeZone>,
}

impl Arguments {
    /// Whether everything is shown: nothing was asked for by name.
    pub fn is_all(&self) -> bool {
        !self.is_filter() && !self.is_dashboard()
    }

    /// Whether the filtered list was asked for.
    pub fn is_filter(&self) -> bool {
        self.filter.is_some()
    }

    /// Whether the dashboard was asked for.
    pub fn is_dashboard(&self) -> bool {
        self.days.is_some() || self.zone.is_some()
    }

    /// What is picked for the dashboard.
    pub fn picked(&self) -> Picked {
        Picked {
            days: self.days.unwrap_or(DAYS),
            zone: self.zone.clone().unwrap_or_default(),
        }
    }
}

/// Reads the command line; `None` where the help is asked for.
pub fn parse() -> Result<Option<Arguments>, Box<dyn Error>> {
    let mut arguments = Arguments {
        scale: SCALE,
        filter: None,
        days: None,
        zone: None,
    };
    let mut parser = lexopt::Parser::from_env();
    while let Some(argument) = parser.next()? {
        match argument {
            Short('h') | Long("help") => return Ok(None),
            Long("scale") => {
                let text = parser.value()?.string()?;
                arguments.scale = text
                    .parse()
                    .ok()
                    .filter(|scale| (SMALLEST_SCALE..=LARGEST_SCALE).contains(scale))
                    .ok_or_else(|| {
                        format!("--scale takes a number from {SMALLEST_SCALE} to {LARGEST_SCALE}, not {text:?}")
                    })?;
            }
            Long("filter") => arguments.filter = Some(parser.value()?.string()?),
            Long("days") => {
                let text = parser.value()?.string()?;
                let days = text
                    .parse()
                    .ok()
                    .filter(|days| (1..=LONGEST).contains(days));
                let days = days.ok_or_else(|| {
                    format!("--days takes a number from 1 to {LONGEST}, not {text:?}")
                })?;
                arguments.days = Some(days);
            }
            Long("zone") => arguments.zone = Some(parser.value()?.string()?.parse()?),
            other => return Err(format!("{}; try --help", other.unexpected()).into()),
        }
    }
    Ok(Some(arguments))
}

/// The text of `--help`.
pub fn help() -> String {
    format!(
        "\
One page of a list of chat sessions with pagewise: its SQL, its rows, and what it costs beside the
same page written the old way; the list, filtered by a query string, and what was decided for it; and
the dashboard of a team, in one statement.

Usage: cargo run -p quickstart -- [--scale N] [--filter QUERY] [--days N] [--zone NAME]

  --scale N       how much data, from {SMALLEST_SCALE} to {LARGEST_SCALE}; 1 is 200,000 sessions and 2 million messages [{SCALE}]
  --filter QUERY  only the list, filtered: 'f_COLUMN=VALUE&op_COLUMN=OPERATOR', several joined by &;
                  values of a list are joined by ~, blanks are +: 'f_tags=tag-rare~v3&op_tags=any+of'
  --days N        only the dashboard, of so many days, from 1 to {LONGEST} [{DAYS}]
  --zone NAME     only the dashboard, by the calendar of a time zone: Africa/Johannesburg [UTC]
  -h, --help      this text

Columns and their operators:
{}

Without DATABASE_URL, a PostgreSQL 17 runs inside this process; its program, of 100 MB, is unpacked
once into the user's cache folder. With it, the server that it names is used (15 or newer): a
database is created there, and dropped at the end.",
        filtered::columns()
    )
}
