//! The ways to a page that are compared.

use sea_query::Value;

/// Who wrote the statement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// The origin's, as its ORM emits it.
    Today,
    /// The design document's proposal, as the ORM emits it.
    Proposed,
    /// pagewise with `Strategy::Legacy`.
    Legacy,
    /// pagewise.
    Pagewise,
    /// The best by hand.
    Best,
}

impl Way {
    pub fn name(self) -> &'static str {
        match self {
            Self::Today => "today",
            Self::Proposed => "proposed",
            Self::Legacy => "legacy",
            Self::Pagewise => "pagewise",
            Self::Best => "by hand",
        }
    }
}

/// A statement as it is sent.
pub struct Query {
    pub text: String,
    pub parameters: Vec<Value>,
}

/// One way to the rows of a job: a statement, and where the total is asked for apart, a second one.
pub struct Candidate {
    pub way: Way,
    pub queries: Vec<Query>,
    /// Meant to give the same rows as the others. If not, why not.
    pub wrong: Option<&'static str>,
}

impl Candidate {
    pub fn new(way: Way, queries: impl Into<Vec<Query>>) -> Self {
        Self {
            way,
            queries: queries.into(),
            wrong: None,
        }
    }
}

/// A statement from a file: without its comments, and without the lines for deep pages unless it is one.
pub fn file(source: &str, deep: bool, parameters: impl Into<Vec<Value>>) -> Query {
    let lines = source
        .lines()
        .filter(|line| !line.starts_with("--"))
        .filter_map(|line| match line.strip_suffix("-- deep") {
            Some(line) => deep.then_some(line),
            None => Some(line),
        });
    Query {
        text: lines.map(str::trim).collect::<Vec<_>>().join(" "),
        parameters: parameters.into(),
    }
}
