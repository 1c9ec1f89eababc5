//! The server's statements: [`ServerStatements`].

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::time::Duration;

use crate::monitor::collector::Collector;
use crate::monitor::fingerprint::Fingerprint;
use crate::monitor::normal_form::normal_form;

/// A statement as the answer to [`ServerStatements::statement`] has it, a field for each column.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ServerStatementRow {
    /// The server's own number for it; NULL if its text may not be read.
    pub query_id: Option<i64>,
    /// Its text, with constants replaced by parameters.
    pub text: Option<String>,
    /// How often it ran.
    pub calls: Option<i64>,
    /// How long it took together.
    pub total_milliseconds: Option<f64>,
    /// How long it took at most.
    pub most_milliseconds: Option<f64>,
    /// How long its planning took together; NULL of extensions before 1.8, 0 unless `pg_stat_statements.track_planning` is on.
    pub planning_milliseconds: Option<f64>,
    /// How many rows it gave together.
    pub rows: Option<i64>,
    /// How many blocks it found in the server's memory.
    pub blocks_hit: Option<i64>,
    /// How many it did not.
    pub blocks_read: Option<i64>,
    /// How many blocks it wrote because a sort or a hash was too large for the memory that it had.
    pub temporary_blocks_written: Option<i64>,
}

/// A statement that the server has counted.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct ServerStatement {
    /// The server's own number for it; `None` if its text may not be read.
    pub query_id: Option<i64>,
    /// Its text, with constants replaced by parameters; `None` if it may not be read, or the server has lost it.
    pub text: Option<String>,
    /// How often it ran.
    pub calls: u64,
    /// How long it took together, without planning.
    pub total_time: Duration,
    /// How long it took at most.
    pub most_time: Duration,
    /// How long its planning took together, if the server counts that.
    pub planning_time: Duration,
    /// How many rows it gave together.
    pub rows: u64,
    /// How many blocks it found in the server's memory.
    pub blocks_hit: u64,
    /// How many it did not.
    pub blocks_read: u64,
    /// How many blocks it wrote because a sort or a hash was too large for the memory that it had.
    pub temporary_blocks_written: u64,
}

/// The statements of a database that took the server longest together, as `pg_stat_statements` counts them.
///
/// # Which of them are ours
///
/// `pg_stat_statements` shows a text as it was run first, and in it parameters for constants: `LIMIT $3`, where ours says
/// `LIMIT 26`. Which constants these are depends on its version. So neither side's text is taken for what it is: both lose constants and
/// parameters, lists of them, comments and white space, and what remains is compared. It takes no round trip, needs no
/// `compute_query_id`, and the numbers of yesterday, or of another process, are found as well. Texts that differ in
/// constants only, such as two sizes of a page, are one statement to the server, and one with two names here; and so is a
/// text that is run by two names.
///
/// # Example
///
/// ```no_run
/// use pagewise::monitor::{Collector, ServerStatements, ServerStatementsError};
///
/// # fn example(client: &mut postgres::Client, collector: &Collector) -> Result<(), ServerStatementsError> {
/// let server = ServerStatements::read(client, 1_000)?;
/// for named in server.by_name(collector) {
///     println!("{}: {} calls, {:?}", named.names.join(", "), named.calls, named.total_time);
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ServerStatements {
    statements: Vec<ServerStatement>,
}

/// What the server has counted of statements of some names.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct NamedNumbers {
    /// Their names, in alphabetic order: all those that one text is run by, and those of texts that the server does not tell
    /// apart. The numbers are of all of them together.
    pub names: Vec<Cow<'static, str>>,
    /// How often they ran.
    pub calls: u64,
    /// How long they took together, without planning.
    pub total_time: Duration,
    /// How long one took at most.
    pub most_time: Duration,
    /// How many rows they gave together.
    pub rows: u64,
    /// How many blocks they found in the server's memory.
    pub blocks_hit: u64,
    /// How many they did not.
    pub blocks_read: u64,
}

impl ServerStatements {
    /// The statements that the answer to [`statement`](Self::statement) holds.
    #[must_use]
    pub fn from_rows(rows: impl IntoIterator<Item = ServerStatementRow>) -> Self {
        Self {
            statements: rows.into_iter().map(ServerStatement::of).collect(),
        }
    }

    /// The statements, those first that took longest together.
    #[must_use]
    pub fn statements(&self) -> &[ServerStatement] {
        &self.statements
    }

    /// Those that the collector knows names of, by these, added up over roles and schemas; those first that took longest together.
    #[must_use]
    pub fn by_name(&self, collector: &Collector) -> Vec<NamedNumbers> {
        let known = collector.by_normal_form();
        let mut named: BTreeMap<&[Cow<'static, str>], NamedNumbers> = BTreeMap::new();
        for statement in &self.statements {
            let form = statement.text.as_deref().map(normal_form);
            if let Some(names) = form.and_then(|form| known.get(&Fingerprint::of(&form))) {
                named.entry(names).or_default().add(statement);
            }
        }
        let named = named.into_iter().map(|(names, numbers)| NamedNumbers {
            names: names.to_vec(),
            ..numbers
        });
        let mut named: Vec<_> = named.collect();
        named.sort_by_key(|numbers| std::cmp::Reverse(numbers.total_time));
        named
    }
}

impl ServerStatement {
    fn of(row: ServerStatementRow) -> Self {
        let count = |number: Option<i64>| {
            let number = number.map(u64::try_from);
            number.and_then(Result::ok).unwrap_or_default()
        };
        let time = |milliseconds: Option<f64>| {
            let seconds = milliseconds.unwrap_or_default() / 1000.0;
            Duration::try_from_secs_f64(seconds).unwrap_or_default()
        };
        Self {
            query_id: row.query_id,
            // What others ran has no number where it may not be read, and this in place of its text.
            text: row.text.filter(|_| row.query_id.is_some()),
            calls: count(row.calls),
            total_time: time(row.total_milliseconds),
            most_time: time(row.most_milliseconds),
            planning_time: time(row.planning_milliseconds),
            rows: count(row.rows),
            blocks_hit: count(row.blocks_hit),
            blocks_read: count(row.blocks_read),
            temporary_blocks_written: count(row.temporary_blocks_written),
        }
    }

    /// How long it took on the average; nothing, if it never ran.
    #[must_use]
    pub fn mean_time(&self) -> Duration {
        match self.calls {
            0 => Duration::ZERO,
            calls => self.total_time.div_f64(calls as f64),
        }
    }
}

impl NamedNumbers {
    fn add(&mut self, statement: &ServerStatement) {
        self.calls += statement.calls;
        self.total_time += statement.total_time;
        self.most_time = self.most_time.max(statement.most_time);
        self.rows += statement.rows;
        self.blocks_hit += statement.blocks_hit;
        self.blocks_read += statement.blocks_read;
    }
}
