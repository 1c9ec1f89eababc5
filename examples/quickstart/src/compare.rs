//! The same page in two ways: the same rows, and what each way costs.

use std::error::Error;

use pagewise::chat::Session;
use pagewise::driver::PageRows;
use pagewise::listing::TotalCount;
use pagewise::{Cursor, Listing, PageStatement, Strategy};
use postgres::Client;

use crate::explain::{Cost, explain, median};
use crate::session_page::{SessionLine, SessionPage};

/// Runs of each way; their median counts.
pub const ROUNDS: usize = 7;

/// What a page costs the old way and pagewise's way.
pub struct Comparison {
    /// Which page.
    pub name: String,
    /// One SELECT, with a sub-select for each value.
    pub legacy: Cost,
    /// The page first.
    pub optimized: Cost,
    /// The rows, which both ways give.
    pub lines: Vec<SessionLine>,
}

/// Fetches the page both ways, which must give the same, then runs both by turns under `EXPLAIN`.
pub fn compare(
    client: &mut Client,
    page: &SessionPage,
    listing: &Listing<Session>,
    name: String,
) -> Result<Comparison, Box<dyn Error>> {
    let optimized = listing.clone().strategy(Strategy::Optimized).build()?;
    let legacy = listing.clone().strategy(Strategy::Legacy).build()?;
    let answer = Answer::fetch(client, page, &optimized)?;
    if answer != Answer::fetch(client, page, &legacy)? {
        return Err(format!(
            "the two ways give different rows for {name}: this is a bug of pagewise"
        )
        .into());
    }
    let (mut of_legacy, mut of_optimized) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        of_legacy.push(explain(client, &legacy)?);
        of_optimized.push(explain(client, &optimized)?);
    }
    Ok(Comparison {
        name,
        legacy: median(&of_legacy),
        optimized: median(&of_optimized),
        lines: answer.lines,
    })
}

/// All that a page tells its reader.
#[derive(PartialEq)]
struct Answer {
    lines: Vec<SessionLine>,
    total: Option<TotalCount>,
    next: Option<Cursor>,
    previous: Option<Cursor>,
}

impl Answer {
    fn fetch(
        client: &mut Client,
        page: &SessionPage,
        statement: &PageStatement<Session>,
    ) -> Result<Answer, pagewise::Error> {
        let rows: PageRows<Session> = statement.fetch(client)?;
        Ok(Answer {
            lines: rows.decode(|row| page.read(row))?,
            total: rows.total(),
            next: rows.next_cursor().cloned(),
            previous: rows.previous_cursor().cloned(),
        })
    }
}
