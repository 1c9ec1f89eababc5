//! What is asked for, and the ways to it that are compared.

use pagewise::schema::Entity;
use pagewise::statistics::Statistics;
use pagewise::{Listing, Strategy};
use postgres::{Client, Row};
use sea_query::Value;

use super::Fallible;

/// Who wrote the statement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// The origin's, as its ORM emits it.
    Today,
    /// The design document's proposal, as the ORM emits it.
    Proposed,
    /// pagewise with `Strategy::Legacy`.
    Legacy,
    /// pagewise, without statistics.
    Pagewise,
    /// pagewise, with statistics.
    Statistics,
    /// pagewise, with a catalog.
    Catalog,
    /// pagewise, in one of several forms that it is made to take.
    Forced,
    /// pagewise, each part of what is asked for in a statement of its own.
    OneByOne,
    /// By hand, in one of several forms: the fastest counts.
    Best,
}

impl Way {
    pub fn name(self) -> &'static str {
        match self {
            Self::Today => "today",
            Self::Proposed => "proposed",
            Self::Legacy => "legacy",
            Self::Pagewise => "pagewise",
            Self::Statistics => "with statistics",
            Self::Catalog => "with catalog",
            Self::Forced => "forced",
            Self::OneByOne => "one by one",
            Self::Best => "by hand",
        }
    }
}

/// The jobs at a scale.
pub struct Jobs {
    /// The sessions of the team.
    pub sessions: u64,
    pub jobs: Vec<Job>,
}

/// What is asked for, and the ways to it.
#[derive(Default)]
pub struct Job {
    pub key: String,
    pub title: String,
    pub candidates: Vec<Candidate>,
    /// How much is read, where the number of rows does not say it.
    pub counted: Option<u64>,
    /// What is done to the data before. It stays so for the jobs after.
    pub before: Option<fn(&mut Client) -> Fallible<()>>,
    /// What is to be said beside its figures.
    pub notes: Vec<String>,
    /// How many times as long as the first of its ways another may take (and always a second) before it is given up.
    pub patience: Option<f64>,
}

/// A statement as it is sent.
#[derive(Clone, PartialEq)]
pub struct Query {
    pub text: String,
    pub parameters: Vec<Value>,
}

/// What the answers to a candidate's statements say, as rows of text that are the same for every way.
pub type Reading = Box<dyn Fn(Vec<Vec<Row>>) -> Fallible<Vec<Vec<String>>>>;

/// One way to the rows of a job: statements that are run one after the other.
pub struct Candidate {
    pub way: Way,
    /// In which form, where a way has several.
    pub form: &'static str,
    pub queries: Vec<Query>,
    /// `None` reads a page, and if its total is asked for apart, that of a second statement.
    pub reading: Option<Reading>,
    /// Meant to give the same rows as the others. If not, why not.
    pub wrong: Option<&'static str>,
    /// It only says what the rows are, and is not measured.
    pub is_witness: bool,
}

impl Candidate {
    pub fn new(way: Way, queries: impl Into<Vec<Query>>) -> Self {
        Self {
            way,
            form: "",
            queries: queries.into(),
            reading: None,
            wrong: None,
            is_witness: false,
        }
    }

    /// By hand, in this form.
    pub fn by_hand(form: &'static str, queries: impl Into<Vec<Query>>) -> Self {
        Self {
            form,
            ..Self::new(Way::Best, queries)
        }
    }

    pub fn name(&self) -> String {
        name(self.way, self.form)
    }
}

/// What a way in a form is called.
pub fn name(way: Way, form: &str) -> String {
    match form {
        "" => way.name().to_owned(),
        form => format!("{}: {form}", way.name()),
    }
}

/// A listing's page: by the old strategy, and by pagewise without and, where there are some, with statistics.
pub fn pages<E: Entity>(
    listing: impl Fn(Option<&Statistics>) -> Listing<E>,
    statistics: Option<&Statistics>,
) -> Result<Vec<Candidate>, pagewise::Error> {
    candidates(listing, statistics, |listing| {
        Ok(Query::of(&*listing.build()?))
    })
}

/// A listing's total, likewise.
pub fn totals<E: Entity>(
    listing: impl Fn(Option<&Statistics>) -> Listing<E>,
    statistics: Option<&Statistics>,
) -> Result<Vec<Candidate>, pagewise::Error> {
    candidates(listing, statistics, |listing| {
        Ok(Query::of(&listing.build_total()?))
    })
}

fn candidates<E: Entity>(
    listing: impl Fn(Option<&Statistics>) -> Listing<E>,
    statistics: Option<&Statistics>,
    query: impl Fn(&Listing<E>) -> Result<Query, pagewise::Error>,
) -> Result<Vec<Candidate>, pagewise::Error> {
    let legacy = listing(None).strategy(Strategy::Legacy);
    let mut candidates = vec![
        Candidate::new(Way::Legacy, [query(&legacy)?]),
        Candidate::new(Way::Pagewise, [query(&listing(None))?]),
    ];
    if statistics.is_some() {
        candidates.push(Candidate::new(
            Way::Statistics,
            [query(&listing(statistics))?],
        ));
    }
    Ok(candidates)
}

impl Query {
    /// pagewise's.
    pub fn of(statement: &pagewise::Statement) -> Self {
        Self {
            text: statement.text().to_owned(),
            parameters: statement.parameters().to_vec(),
        }
    }

    /// From a file, without those lines that are marked with a word which is not among these.
    pub fn from_marked_file(
        source: &str,
        marks: &[&str],
        parameters: impl Into<Vec<Value>>,
    ) -> Self {
        let lines = source.lines().filter(|line| !line.starts_with("--"));
        let lines = lines.filter_map(|line| match line.split_once(" -- ") {
            Some((line, mark)) => marks.contains(&mark).then_some(line),
            None => Some(line),
        });
        Self::from_file(&lines.collect::<Vec<_>>().join("\n"), parameters)
    }

    /// From a file.
    pub fn from_file(source: &str, parameters: impl Into<Vec<Value>>) -> Self {
        Self {
            text: text(source),
            parameters: parameters.into(),
        }
    }
}

/// The text of a file: on one line, without its comments.
pub fn text(source: &str) -> String {
    let lines = source.lines().filter(|line| !line.starts_with("--"));
    lines.map(str::trim).collect::<Vec<_>>().join(" ")
}
