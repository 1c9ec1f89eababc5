//! What a scope has counted: [`Summary`].

use std::borrow::Cow;
use std::fmt;
use std::time::Duration;

use super::latency::Milliseconds;
use super::state::{Distinct, Numbers, Outcome, Shown, Slow, State, TRANSACTION};

/// How many runs of one statement look like one for each row.
const REPEATED: u64 = 3;
/// How much of a text a line has.
const LINE: usize = 120;

/// What a [`Monitor`](super::Monitor) has counted up to a moment.
///
/// `{}` is for people: a line of totals, one for each different statement, and the slowest.
///
/// ```
/// use pagewise::monitor::Monitor;
///
/// let request = Monitor::new("sessions table");
/// for _ in 0..3 {
///     request.start_named("tags of a session", "SELECT 1").finished(2);
/// }
/// let summary = request.summary();
/// assert_eq!((summary.statements, summary.rows), (3, 6));
/// assert_eq!(summary.repeated()[0].label(), "tags of a session");
/// assert!(summary.to_string().starts_with("sessions table: 3 statements, 6 rows, "));
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Summary {
    /// The scope's name.
    pub scope: Cow<'static, str>,
    /// How many statements have ended, however they did. Commands of transactions are not among them.
    pub statements: u64,
    /// How many commands of transactions and settings ran beside them: BEGIN, COMMIT, SAVEPOINT, SET and their like.
    pub housekeeping: u64,
    /// How many of both failed.
    pub failed: u64,
    /// How many of both nobody waited for to the end: an asynchronous caller that was cancelled, a panic.
    pub abandoned: u64,
    /// How many rows the statements gave together.
    pub rows: u64,
    /// How long both took together; those that ran at the same time are added up.
    pub time: Duration,
    /// How long the scope lasted, up to now or to its end.
    pub elapsed: Duration,
    /// Its budget, if it has one.
    pub budget: Option<u64>,
    /// The different statements: those of one name are one, whatever their texts, up to 256 names, and those without a name are
    /// told apart by their texts, up to 256. `(transaction)` are the commands of transactions. Those first that ran most often, and of these those that took longest together.
    pub by_statement: Vec<StatementCount>,
    /// How many ran that were not told apart any more, since there were names or texts enough.
    pub others: u64,
    /// The slowest runs, the slowest first.
    pub slowest: Vec<SlowStatement>,
}

/// One of the different statements of a scope.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct StatementCount {
    /// Its name, if it has one.
    pub name: Option<Cow<'static, str>>,
    /// The beginning of its text; of the one that ran first, if there are several of its name.
    pub text: String,
    /// How often it ran.
    pub runs: u64,
    /// How often it failed.
    pub failed: u64,
    /// How often nobody waited for it to the end.
    pub abandoned: u64,
    /// How many rows it gave together.
    pub rows: u64,
    /// How long it took together.
    pub time: Duration,
}

/// A run of a statement.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct SlowStatement {
    /// The statement's name, if it has one.
    pub name: Option<Cow<'static, str>>,
    /// The beginning of its text.
    pub text: String,
    /// How long it took.
    pub time: Duration,
    /// How many rows it gave; `None` if it gave no answer.
    pub rows: Option<u64>,
}

impl Summary {
    pub(super) fn new(
        scope: Cow<'static, str>,
        elapsed: Duration,
        budget: Option<u64>,
        state: &State,
    ) -> Self {
        let Numbers {
            runs,
            failed,
            abandoned,
            rows,
            time,
        } = state.total;
        let mut by_statement: Vec<_> = state.distinct.iter().map(StatementCount::new).collect();
        by_statement.sort_by_key(|statement| std::cmp::Reverse((statement.runs, statement.time)));
        Self {
            scope,
            statements: runs,
            housekeeping: state.housekeeping,
            failed,
            abandoned,
            rows,
            time,
            elapsed,
            budget,
            by_statement,
            others: state.others.runs,
            slowest: state.slowest.iter().map(SlowStatement::new).collect(),
        }
    }

    /// The statements that ran at least three times, those first that ran most often: where a page asks for each of its rows,
    /// it is one of these. Commands of transactions are not.
    #[must_use]
    pub fn repeated(&self) -> Vec<&StatementCount> {
        let is_repeated = |statement: &&StatementCount| {
            statement.runs >= REPEATED && !statement.is_housekeeping()
        };
        self.by_statement.iter().filter(is_repeated).collect()
    }

    /// A line for each different statement, without what is in no budget.
    pub(super) fn write_asked(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.write_statements(f, |statement| !statement.is_housekeeping())
    }

    /// A line for each different statement of these.
    fn write_statements(
        &self,
        f: &mut fmt::Formatter<'_>,
        is_written: impl Fn(&StatementCount) -> bool,
    ) -> fmt::Result {
        let statements = self.by_statement.iter();
        for statement in statements.filter(|statement| is_written(statement)) {
            write!(f, "\n{:>6} x {}", statement.runs, statement.label())?;
        }
        match self.others {
            0 => Ok(()),
            others => write!(f, "\n{others:>6} x others"),
        }
    }
}

impl StatementCount {
    /// Whether these are the commands of transactions.
    fn is_housekeeping(&self) -> bool {
        self.name.as_deref() == Some(TRANSACTION)
    }

    fn new(distinct: &Distinct) -> Self {
        let Shown { name, text } = &*distinct.shown;
        let numbers = &distinct.numbers;
        Self {
            name: name.clone(),
            text: text.to_string(),
            runs: numbers.runs,
            failed: numbers.failed,
            abandoned: numbers.abandoned,
            rows: numbers.rows,
            time: numbers.time,
        }
    }

    /// Its name, else the beginning of its text, on one line.
    #[must_use]
    pub fn label(&self) -> Cow<'_, str> {
        label(self.name.as_deref(), &self.text)
    }
}

impl SlowStatement {
    fn new(slow: &Slow) -> Self {
        let Shown { name, text } = &*slow.shown;
        Self {
            name: name.clone(),
            text: text.to_string(),
            time: slow.time,
            rows: match slow.outcome {
                Outcome::Rows(rows) => Some(rows),
                Outcome::Failed | Outcome::Abandoned => None,
            },
        }
    }

    /// Its name, else the beginning of its text, on one line.
    #[must_use]
    pub fn label(&self) -> Cow<'_, str> {
        label(self.name.as_deref(), &self.text)
    }
}

fn label<'a>(name: Option<&'a str>, text: &str) -> Cow<'a, str> {
    if let Some(name) = name {
        return name.into();
    }
    let mut line = String::new();
    for word in text.split_whitespace() {
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(word);
        if let Some((end, _)) = line.char_indices().nth(LINE) {
            line.truncate(end);
            line.push_str("..");
            break;
        }
    }
    line.into()
}

impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{}: {}, {} rows, {} in the database of {}",
            self.scope,
            Statements(self.statements),
            self.rows,
            Milliseconds(self.time),
            Milliseconds(self.elapsed)
        )?;
        if self.failed > 0 {
            write!(f, ", {} failed", self.failed)?;
        }
        if self.abandoned > 0 {
            write!(f, ", {} abandoned", self.abandoned)?;
        }
        if let Some(budget) = self.budget {
            write!(f, ", budget {budget}")?;
        }
        self.write_statements(f, |_| true)?;
        for slow in &self.slowest {
            write!(
                f,
                "\n{:>12} {}",
                Milliseconds(slow.time).to_string(),
                slow.label()
            )?;
        }
        Ok(())
    }
}

/// `1 statement`, `2 statements`
pub(super) struct Statements(pub u64);

impl fmt::Display for Statements {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let plural = if self.0 == 1 { "" } else { "s" };
        write!(f, "{} statement{plural}", self.0)
    }
}
