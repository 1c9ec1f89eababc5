//! The command line.

use std::error::Error;

use lexopt::Arg::Long;
use lexopt::prelude::{Short, ValueExt};
use pagewise_reference::{LARGEST_SCALE, SMALLEST_SCALE};

use crate::filtered;

/// Loads in some ten seconds into the embedded server.
const SCALE: f64 = 0.1;

/// What was asked for.
pub struct Arguments {
    /// How much data.
    pub scale: f64,
    /// What the list is filtered by, as a query string.
    pub filter: Option<String>,
}

/// Reads the command line; `None` where the help is asked for.
pub fn parse() -> Result<Option<Arguments>, Box<dyn Error>> {
    let mut arguments = Arguments {
        scale: SCALE,
        filter: None,
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
same page written the old way; then the list, filtered by a query string, and what was decided for it.

Usage: cargo run -p quickstart -- [--scale N] [--filter QUERY]

  --scale N       how much data, from {SMALLEST_SCALE} to {LARGEST_SCALE}; 1 is 200,000 sessions and 2 million messages [{SCALE}]
  --filter QUERY  only the list, filtered: 'f_COLUMN=VALUE&op_COLUMN=OPERATOR', several joined by &;
                  values of a list are joined by ~, blanks are +: 'f_tags=tag-rare~v3&op_tags=any+of'
  -h, --help      this text

Columns and their operators:
{}

Without DATABASE_URL, a PostgreSQL 17 runs inside this process; its program, of 100 MB, is unpacked
once into the user's cache folder. With it, the server that it names is used (15 or newer): a
database is created there, and dropped at the end.",
        filtered::columns()
    )
}
