//! How a plan is asked for: [`Explain`].

#[cfg(any(feature = "postgres", feature = "tokio-postgres"))]
use crate::schema::DataType;
use crate::statement::Statement;
#[cfg(any(feature = "postgres", feature = "tokio-postgres"))]
use crate::{render::bound, statement::write_expression};

/// How a statement is explained: only planned, or run to see what is really read.
///
/// # Example
///
/// ```
/// use pagewise::chat::Session;
/// use pagewise::plan::Explain;
/// use pagewise::{Listing, Page};
///
/// let page = Listing::of(Session).tenant(7).page(Page::first(2)).build()?;
/// assert!(
///     Explain::new()
///         .analyze()
///         .text(&page)
///         .starts_with("EXPLAIN (FORMAT JSON, SETTINGS, ANALYZE, BUFFERS) SELECT")
/// );
/// # Ok::<(), pagewise::Error>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Explain {
    pub(super) analyze: bool,
    no_times: bool,
    verbose: bool,
    pub(super) generic: bool,
    pub(super) settings: Vec<(String, String)>,
}

/// The name of the statement whose generic plan is asked for.
#[cfg(any(feature = "postgres", feature = "tokio-postgres"))]
const PREPARED: &str = "pagewise_explain";

impl Explain {
    /// Only planned: nothing is run.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Runs the statement (`ANALYZE, BUFFERS`): the plan tells what was really read, and how long it took.
    #[must_use]
    pub fn analyze(mut self) -> Self {
        self.analyze = true;
        self
    }

    /// Takes no times of single nodes (`TIMING OFF`), which may cost more than the nodes. Without
    /// [`analyze`](Self::analyze) there are none anyway.
    #[must_use]
    pub fn without_times(mut self) -> Self {
        self.no_times = true;
        self
    }

    /// Tells the schemas of tables, and what each process did of a parallel part (`VERBOSE`).
    #[must_use]
    pub fn verbose(mut self) -> Self {
        self.verbose = true;
        self
    }

    /// The plan that PostgreSQL makes without looking at the parameters: the one that a prepared statement may get after
    /// five runs. It is of value where few rows or many depend on a parameter, such as the tenant.
    #[must_use]
    pub fn generic(mut self) -> Self {
        self.generic = true;
        self
    }

    /// Changes a setting, as `SET LOCAL`, for this plan: `set("enable_seqscan", "off")` to see whether an index can serve a
    /// small table at all, `set("work_mem", "64kB")` to see what a sort does when memory is short.
    #[must_use]
    pub fn set(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.settings.push((name.into(), value.into()));
        self
    }

    /// The text that asks for the plan, to be run with the statement's parameters; its answer is for
    /// [`Plan::from_json`](super::Plan::from_json). For a driver that pagewise has no `run` for: settings are not in it, and
    /// neither is [`generic`](Self::generic).
    #[must_use]
    pub fn text(&self, statement: &Statement) -> String {
        statement.explained(&self.options())
    }

    /// In brackets, and followed by a space.
    fn options(&self) -> String {
        let options = [
            (true, "FORMAT JSON, SETTINGS"),
            (self.verbose, ", VERBOSE"),
            (self.analyze, ", ANALYZE, BUFFERS"),
            (self.analyze && self.no_times, ", TIMING OFF"),
        ];
        let options = options
            .iter()
            .filter(|(is_wanted, _)| *is_wanted)
            .map(|(_, text)| *text);
        format!("({}) ", options.collect::<String>())
    }

    /// A statement that reads may still call a function that does not.
    #[cfg(any(feature = "postgres", feature = "tokio-postgres"))]
    pub(super) fn needs_transaction(&self) -> bool {
        self.analyze || self.generic || !self.settings.is_empty()
    }

    /// A generic plan is had from a statement that was prepared by text: what is explained with bound parameters is planned
    /// for these, and `EXPLAIN (GENERIC_PLAN)` is not in PostgreSQL 15, nor does it go with `ANALYZE`.
    #[cfg(any(feature = "postgres", feature = "tokio-postgres"))]
    pub(super) fn prepare_text(&self, statement: &Statement) -> String {
        let types = statement
            .parameters()
            .iter()
            .map(|value| match DataType::of_value(value) {
                // The server finds out, as it does of a bound one.
                None | Some(DataType::Text) => "unknown".to_owned(),
                Some(data_type) => data_type.to_string(),
            });
        format!(
            "PREPARE {PREPARED}{} AS {}",
            in_brackets(types),
            statement.text()
        )
    }

    /// The text that asks for the plan of what was prepared, with the statement's parameters written in: a command binds none.
    #[cfg(any(feature = "postgres", feature = "tokio-postgres"))]
    pub(super) fn execute_text(&self, statement: &Statement) -> String {
        let values = statement
            .parameters()
            .iter()
            .map(|value| write_expression(bound(value.clone())));
        format!(
            "EXPLAIN {}EXECUTE {PREPARED}{}",
            self.options(),
            in_brackets(values)
        )
    }
}

#[cfg(any(feature = "postgres", feature = "tokio-postgres"))]
fn in_brackets(items: impl Iterator<Item = String>) -> String {
    let items: Vec<_> = items.collect();
    match items.is_empty() {
        true => String::new(),
        false => format!("({})", items.join(", ")),
    }
}
