//! That the ways to a page give the same rows.

use std::error::Error;

use chrono::{DateTime, Utc};
use pagewise::driver::postgres::Execute;
use postgres::types::Type;
use postgres::{Client, Row};

use crate::jobs::Job;
use crate::ways::Candidate;

/// pagewise reads one row more, to know whether there is a next page.
const PAGE_ROWS: usize = 25;

/// Runs each way once and asserts that those which are meant to give the same rows do; what is to be said of the others.
pub fn compare(client: &mut Client, job: &Job) -> Result<Vec<String>, Box<dyn Error>> {
    let mut notes = Vec::new();
    let mut expected: Option<(&Candidate, Vec<Vec<String>>)> = None;
    let (right, wrong): (Vec<_>, Vec<_>) = job
        .candidates
        .iter()
        .partition(|candidate| candidate.wrong.is_none());
    for candidate in right.into_iter().chain(wrong) {
        let rows = rows(client, candidate)?;
        if rows.len() != PAGE_ROWS {
            return Err(format!("{}: {} rows", job.title, rows.len()).into());
        }
        let Some((first, expected)) = &expected else {
            expected = Some((candidate, rows));
            continue;
        };
        let different = rows
            .iter()
            .zip(expected)
            .filter(|(row, expected)| !same(row, expected))
            .count();
        match candidate.wrong {
            None if different > 0 => {
                return Err(format!(
                    "{}: {} rows of {} and {} differ",
                    job.title,
                    different,
                    first.way.name(),
                    candidate.way.name()
                )
                .into());
            }
            None => {}
            Some(why) => notes.push(format!(
                "{} {why}; {different} of {PAGE_ROWS} rows differ here",
                candidate.way.name()
            )),
        }
    }
    Ok(notes)
}

/// Equal in the columns that both have: a total stands beside the rows, or in a statement of its own.
fn same(left: &[String], right: &[String]) -> bool {
    left.iter().zip(right).all(|(left, right)| left == right)
}

fn rows(client: &mut Client, candidate: &Candidate) -> Result<Vec<Vec<String>>, Box<dyn Error>> {
    let Some(page) = candidate.queries.first() else {
        return Ok(Vec::new());
    };
    let rows = Execute::run(client, &page.text, &page.parameters)?;
    rows.iter()
        .take(PAGE_ROWS)
        .map(|row| (0..row.len()).map(|at| cell(row, at)).collect())
        .collect()
}

fn cell(row: &Row, at: usize) -> Result<String, Box<dyn Error>> {
    let column = row.columns()[at].type_();
    Ok(if *column == Type::INT8 {
        format!("{:?}", row.try_get::<_, Option<i64>>(at)?)
    } else if *column == Type::TIMESTAMPTZ {
        format!("{:?}", row.try_get::<_, Option<DateTime<Utc>>>(at)?)
    } else {
        format!("{:?}", row.try_get::<_, Option<String>>(at)?)
    })
}
