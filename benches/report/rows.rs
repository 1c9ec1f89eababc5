//! That the ways give the same rows.

use std::error::Error;
use std::time::Instant;

use chrono::{DateTime, Utc};
use pagewise::driver::postgres::Execute;
use postgres::error::SqlState;
use postgres::types::Type;
use postgres::{Client, Row};

use super::job::{Candidate, Job, Way};
use super::{CAP, SIZE};

/// What the comparison says.
pub struct Compared {
    /// How many rows there are, or what was counted.
    pub rows: String,
    /// What is to be said of ways that are not meant to give the same rows.
    pub notes: Vec<String>,
    /// How long each candidate took, in milliseconds; infinitely long where it was given up.
    pub times: Vec<f64>,
}

/// The answer of a candidate.
struct Answer {
    /// pagewise reads one row more, to know whether there is a next page: it is left out.
    rows: Vec<Vec<String>>,
    /// Where it is counted apart.
    total: Option<i64>,
}

/// Runs each way once and asserts that those which are meant to give the same rows give those of the old strategy, or
/// where it is not among them, of the first.
pub fn compare(client: &mut Client, job: &Job) -> Result<Compared, Box<dyn Error>> {
    let mut times = Vec::new();
    let mut answers = Vec::new();
    for candidate in &job.candidates {
        if let (Some(patience), Some(first)) = (job.patience, times.first()) {
            let limit = (first * patience).max(LEAST_PATIENCE);
            client.batch_execute(&format!("SET statement_timeout = {limit:.0}"))?;
        }
        let start = Instant::now();
        match answer(client, candidate) {
            Err(error) if job.patience.is_some() && is_cancelled(&*error) => {
                answers.push(None);
                times.push(f64::INFINITY);
            }
            answer => {
                answers.push(Some(answer?));
                times.push(start.elapsed().as_secs_f64() * 1000.0);
            }
        }
    }
    client.batch_execute("RESET statement_timeout")?;
    let expected = job
        .candidates
        .iter()
        .position(|candidate| candidate.way == Way::Legacy)
        .unwrap_or(0);
    let right = job.candidates.get(expected).ok_or("there is no way")?;
    let Some(expected) = &answers[expected] else {
        return Err(format!("{}: {} was given up", job.title, right.name()).into());
    };
    let mut notes = Vec::new();
    let answered = |(candidate, answer)| Some((candidate, Option::as_ref(answer)?));
    for (candidate, answer) in job.candidates.iter().zip(&answers).filter_map(answered) {
        let different = different(answer, expected);
        match candidate.wrong {
            None if different > 0 => {
                let mut both = expected.rows.iter().zip(&answer.rows);
                return Err(format!(
                    "{}: {different} rows of {} and {} differ, the first: {:?}",
                    job.title,
                    right.name(),
                    candidate.name(),
                    both.find(|(left, right)| left != right),
                )
                .into());
            }
            None => {}
            Some(why) => notes.push(format!(
                "{} {why}; {different} of {} rows differ here",
                candidate.name(),
                expected.rows.len()
            )),
        }
    }
    let rows = match expected.rows.as_slice() {
        // A count.
        [row] if row.len() == 1 => row[0].clone(),
        rows => rows.len().to_string(),
    };
    Ok(Compared { rows, notes, times })
}

/// How many rows differ in the columns that both have. A total stands beside the rows, or in a statement of its own,
/// where it may count further than asked for.
fn different(answer: &Answer, expected: &Answer) -> usize {
    let same = |(left, right): (&Vec<String>, &Vec<String>)| {
        left.iter().zip(right).all(|(left, right)| left == right)
    };
    let both = answer.rows.iter().zip(&expected.rows);
    let differ = both.filter(|rows| !same(*rows)).count();
    let longer = answer.rows.len().abs_diff(expected.rows.len());
    let total = match (answer.total, expected.rows.first()) {
        (Some(total), Some(row)) => {
            let capped = total.min(i64::from(CAP) + 1).to_string();
            let total = total.to_string();
            usize::from(
                !row.last()
                    .is_some_and(|cell| *cell == total || *cell == capped),
            )
        }
        _ => 0,
    };
    differ + longer + total
}

/// The last rows of a page's answer: one that is read from its end has the row too many at its beginning.
pub fn last_rows(answers: Vec<Vec<Row>>) -> Result<Vec<Vec<String>>, Box<dyn Error>> {
    let rows = answers.first().map_or(&[][..], Vec::as_slice);
    let page = &rows[rows.len().saturating_sub(SIZE as usize)..];
    page.iter().map(cells).collect()
}

fn cells(row: &Row) -> Result<Vec<String>, Box<dyn Error>> {
    (0..row.len()).map(|at| cell(row, at)).collect()
}

/// Whether the statement took longer than it was allowed.
fn is_cancelled(error: &(dyn Error + 'static)) -> bool {
    let error = error.downcast_ref::<postgres::Error>();
    error.and_then(postgres::Error::code) == Some(&SqlState::QUERY_CANCELED)
}

fn answer(client: &mut Client, candidate: &Candidate) -> Result<Answer, Box<dyn Error>> {
    let queries = candidate.queries.iter();
    let answers = queries
        .map(|query| Execute::run(client, &query.text, &query.parameters))
        .collect::<Result<Vec<_>, _>>()?;
    match &candidate.reading {
        Some(reading) => Ok(Answer {
            rows: reading(answers)?,
            total: None,
        }),
        None => page(&answers),
    }
}

fn page(answers: &[Vec<Row>]) -> Result<Answer, Box<dyn Error>> {
    let rows = answers.first().map_or(&[][..], Vec::as_slice);
    let total = answers.get(1).and_then(|rows| rows.first());
    let total = total.map(|row| row.try_get(0)).transpose()?;
    let rows = rows
        .iter()
        .map(cells)
        .collect::<Result<Vec<Vec<String>>, _>>()?;
    let rows = rows
        .into_iter()
        // An empty page beside a total.
        .filter(|row| row.first().is_none_or(|key| key != NULL))
        .take(SIZE as usize)
        .collect();
    Ok(Answer { rows, total })
}

/// Even a quick first way leaves the others so many milliseconds.
const LEAST_PATIENCE: f64 = 1000.0;

const NULL: &str = "NULL";

fn cell(row: &Row, at: usize) -> Result<String, Box<dyn Error>> {
    let column = row.columns()[at].type_();
    let cell = if *column == Type::INT8 {
        row.try_get::<_, Option<i64>>(at)?
            .map(|value| value.to_string())
    } else if *column == Type::TIMESTAMPTZ {
        let time = row.try_get::<_, Option<DateTime<Utc>>>(at)?;
        time.map(|value| value.to_string())
    } else {
        row.try_get::<_, Option<String>>(at)?
            .map(|text| format!("{text:?}"))
    };
    Ok(cell.unwrap_or_else(|| NULL.to_owned()))
}
