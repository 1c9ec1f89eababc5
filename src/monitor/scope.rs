//! What counts the statements of a request: [`Monitor`].

use std::borrow::Cow;
use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use super::budget::BudgetExceeded;
use super::collector::Collector;
use super::running::Running;
use super::state::{Ended, MOST_SLOWEST, State};
use super::summary::{StatementCount, Summary};

/// How many statements a scope may run unless something else is said.
const BUDGET: u64 = 20;
const NO_BUDGET: u64 = u64::MAX;

/// Counts the statements of one scope: of a request, a job, a test.
///
/// It is a handle: its clones count together, in whichever tasks and threads they are. What it keeps is bounded, however many
/// statements run: up to 256 names are told apart, and up to 256 texts without a name, each by at most 1,000 bytes of it, and
/// the slowest are 5.
///
/// * Past its budget there is one warning.
/// * A budget is of statements that ask for something. Commands of transactions and settings, of the host or of
///   [`Guard`](crate::strategy), are counted beside them, in [`Summary::housekeeping`], and timed as `(transaction)`,
///   whatever the name that they are run by: BEGIN, START, COMMIT, END, ROLLBACK, ABORT, SAVEPOINT, RELEASE, SET, and
///   `SELECT set_config(..)`.
/// * Whether a page was loaded is the host's to say, by [`loaded`](Self::loaded) or [`failed`](Self::failed): of statements
///   that gave no answer, a [`Guard`](crate::strategy) may have run the other way, and a host may have done without.
/// * It ends by [`finish`](Self::finish), or when the last clone is dropped; made by [`Collector::scope`], it then hands its
///   numbers to the collector.
///
/// # Example
///
/// ```
/// use std::thread;
///
/// use pagewise::monitor::Monitor;
///
/// let request = Monitor::new("sessions table").budget(3);
/// thread::scope(|scope| {
///     for _ in 0..2 {
///         let request = request.clone();
///         scope.spawn(move || request.start("SELECT 1").finished(1));
///     }
/// });
/// request.start("SELECT 2 WHERE false").finished(0);
///
/// let summary = request.summary();
/// assert_eq!((summary.statements, summary.rows), (3, 2));
/// assert_eq!(summary.by_statement[0].runs, 2);
/// request.check()?;
/// # Ok::<(), pagewise::monitor::BudgetExceeded>(())
/// ```
#[derive(Clone)]
pub struct Monitor {
    scope: Arc<Scope>,
}

struct Scope {
    name: Cow<'static, str>,
    started: Instant,
    budget: AtomicU64,
    parent: Option<Monitor>,
    collector: Option<Collector>,
    state: Mutex<State>,
}

impl Monitor {
    /// A scope of its own, with a budget of 20 statements.
    #[must_use]
    pub fn new(name: impl Into<Cow<'static, str>>) -> Self {
        Self::of(name.into(), BUDGET, None, None)
    }

    pub(super) fn reporting(name: Cow<'static, str>, collector: Collector) -> Self {
        Self::of(name, BUDGET, None, Some(collector))
    }

    /// A scope within this one: what it counts, this one counts as well.
    ///
    /// It has no budget of its own unless it is given one. To a collector, it is a scope like the other; its statements are
    /// timed there once.
    ///
    /// ```
    /// use pagewise::monitor::Monitor;
    ///
    /// let request = Monitor::new("dashboard");
    /// let panel = request.nested("dashboard, chart");
    /// panel.start("SELECT 1").finished(1);
    /// request.start("SELECT 2").finished(1);
    /// assert_eq!((request.count(), panel.count()), (2, 1));
    /// ```
    #[must_use]
    pub fn nested(&self, name: impl Into<Cow<'static, str>>) -> Self {
        let collector = self.scope.collector.clone();
        Self::of(name.into(), NO_BUDGET, Some(self.clone()), collector)
    }

    fn of(
        name: Cow<'static, str>,
        budget: u64,
        parent: Option<Monitor>,
        collector: Option<Collector>,
    ) -> Self {
        let scope = Scope {
            name,
            started: Instant::now(),
            budget: AtomicU64::new(budget),
            parent,
            collector,
            state: Mutex::new(State::new()),
        };
        Self {
            scope: Arc::new(scope),
        }
    }

    /// How many statements it may run, for all clones: one more, and there is a warning; one only, however many follow. Nothing
    /// fails by it alone: [`check`](Self::check) gives an error, and [`assert_within`](Self::assert_within) fails a test.
    #[must_use]
    pub fn budget(self, statements: u64) -> Self {
        self.scope.budget.store(statements, Ordering::Relaxed);
        self
    }

    /// As many as it runs.
    #[must_use]
    pub fn without_budget(self) -> Self {
        self.budget(NO_BUDGET)
    }

    /// How many of the slowest statements are kept, for all clones: 5 unless it is said, at most 100.
    #[must_use]
    pub fn keep_slowest(self, statements: usize) -> Self {
        {
            let mut state = self.scope.lock();
            state.keep_slowest = statements.min(MOST_SLOWEST);
            let keep = state.keep_slowest;
            state.slowest.truncate(keep);
        }
        self
    }

    /// Its name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.scope.name
    }

    /// How many statements have ended; without the commands of transactions.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.scope.lock().total.runs
    }

    /// What it has counted so far.
    #[must_use]
    pub fn summary(&self) -> Summary {
        self.scope.summary(&self.scope.lock())
    }

    /// Says that what the scope is for was done, whatever became of its statements: a [`Guard`](crate::strategy) has found
    /// the answer the other way, or the host did without one. For its collector, and before the scope ends; the last word counts.
    ///
    /// Without a word, a scope of whose statements one gave no answer counts as [`unanswered`](super::ScopeNumbers::unanswered),
    /// which [`Targets`](super::Targets) takes for failed.
    ///
    /// ```
    /// use pagewise::monitor::Collector;
    ///
    /// let collector = Collector::new();
    /// let load = |is_rescued| {
    ///     let request = collector.scope("sessions table");
    ///     request.start("SELECT 1").failed(Some("57014"));
    ///     if is_rescued {
    ///         request.start("SELECT 2").finished(25);
    ///         request.loaded();
    ///     }
    /// };
    /// load(true);
    /// load(false);
    /// let report = collector.report();
    /// let page = report.scope("sessions table").expect("it was loaded");
    /// assert_eq!((page.latency.count, page.failed, page.unanswered), (2, 0, 1));
    /// ```
    pub fn loaded(&self) {
        self.scope.lock().is_loaded = Some(true);
    }

    /// Says that what the scope is for was not done, even if all statements were answered. Otherwise as
    /// [`loaded`](Self::loaded).
    pub fn failed(&self) {
        self.scope.lock().is_loaded = Some(false);
    }

    /// Ends the scope, and what it has counted.
    ///
    /// Its time ends here, and its collector gets its numbers. What still runs is counted on, and timed by the collector, but
    /// does not belong to the page any more. A second call changes nothing.
    pub fn finish(&self) -> Summary {
        let mut state = self.scope.lock();
        self.scope.end(&mut state);
        self.scope.summary(&state)
    }

    /// Whether the scope has kept to its budget; one without a budget has.
    ///
    /// # Errors
    ///
    /// [`BudgetExceeded`], which lists the statements.
    pub fn check(&self) -> Result<(), BudgetExceeded> {
        self.check_within(self.scope.budget.load(Ordering::Relaxed))
    }

    /// Whether the scope has run at most so many statements.
    ///
    /// # Errors
    ///
    /// [`BudgetExceeded`], which lists the statements.
    pub fn check_within(&self, statements: u64) -> Result<(), BudgetExceeded> {
        let summary = self.summary();
        if summary.statements <= statements {
            return Ok(());
        }
        Err(BudgetExceeded::new(statements, summary))
    }

    /// As [`check_within`](Self::check_within), for a test.
    ///
    /// # Panics
    ///
    /// If the scope has run more; the message lists the statements, those first that ran most often:
    ///
    /// ```should_panic
    /// # use pagewise::monitor::Monitor;
    /// # let request = Monitor::new("sessions table");
    /// # for _ in 0..3 {
    /// #     request.start("SELECT 1").finished(1);
    /// # }
    /// request.assert_within(2);
    /// ```
    #[track_caller]
    pub fn assert_within(&self, statements: u64) {
        if let Err(exceeded) = self.check_within(statements) {
            panic!("{exceeded}");
        }
    }

    /// Counts a statement that begins now, run by whatever driver; [`Running::finished`] or [`Running::failed`] ends it.
    ///
    /// `with` and `with_async` do this for the drivers of this crate.
    ///
    /// ```
    /// use pagewise::monitor::Monitor;
    ///
    /// let request = Monitor::new("import");
    /// let running = request.start("SELECT 1");
    /// // ...
    /// running.finished(1);
    /// assert_eq!(request.count(), 1);
    /// ```
    #[must_use = "it is counted as abandoned where it is dropped"]
    pub fn start<'a>(&'a self, text: &'a str) -> Running<'a> {
        Running::new(self, text, None)
    }

    /// As [`start`](Self::start), by a name.
    #[must_use = "it is counted as abandoned where it is dropped"]
    pub fn start_named<'a>(
        &'a self,
        name: impl Into<Cow<'static, str>>,
        text: &'a str,
    ) -> Running<'a> {
        Running::new(self, text, Some(name.into()))
    }

    pub(super) fn collector(&self) -> Option<&Collector> {
        self.scope.collector.as_ref()
    }

    /// Counts a statement here and in the scopes around.
    pub(super) fn record(&self, ended: &Ended<'_>, name: &dyn Fn() -> Option<Cow<'static, str>>) {
        let mut next = Some(self);
        while let Some(monitor) = next {
            let is_innermost = std::ptr::eq(monitor, self);
            monitor.scope.record(ended, name, is_innermost);
            next = monitor.scope.parent.as_ref();
        }
    }
}

impl Scope {
    fn record(
        &self,
        ended: &Ended<'_>,
        name: &dyn Fn() -> Option<Cow<'static, str>>,
        is_innermost: bool,
    ) {
        let budget = self.budget.load(Ordering::Relaxed);
        let mut state = self.lock();
        let at = state.record(ended, name);
        // Those around are of the same collector, which would count it again.
        if let (true, Some(collector)) = (is_innermost, &self.collector)
            && (state.sample(at, ended) || state.finished.is_some())
        {
            collector.take_samples(&mut state);
        }
        if state.total.runs <= budget || state.has_warned {
            return;
        }
        state.has_warned = true;
        let (statements, summary) = (state.total.runs, self.summary(&state));
        // Whoever listens may run statements of its own.
        drop(state);
        tracing::warn!(
            target: "pagewise::monitor",
            scope = &*self.name,
            statements,
            budget,
            repeated = %Repeated(&summary.repeated()),
            "more statements than the budget allows",
        );
    }

    fn end(&self, state: &mut State) {
        if state.finished.is_some() {
            return;
        }
        let elapsed = self.started.elapsed();
        state.finished = Some(elapsed);
        if let Some(collector) = &self.collector {
            collector.take_samples(state);
            collector.take_scope(&self.name, elapsed, state);
        }
    }

    fn summary(&self, state: &State) -> Summary {
        let budget = Some(self.budget.load(Ordering::Relaxed));
        let elapsed = state.finished.unwrap_or_else(|| self.started.elapsed());
        Summary::new(
            self.name.clone(),
            elapsed,
            budget.filter(|budget| *budget != NO_BUDGET),
            state,
        )
    }

    /// Never held while anything is sent. A panic elsewhere cannot leave the state half-changed.
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Scope {
    fn drop(&mut self) {
        let mut state = std::mem::replace(
            self.state.get_mut().unwrap_or_else(PoisonError::into_inner),
            State::new(),
        );
        self.end(&mut state);
    }
}

/// The statements that ran again and again, in a line.
struct Repeated<'a>(&'a [&'a StatementCount]);

impl fmt::Display for Repeated<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.is_empty() {
            return f.write_str("none");
        }
        for (at, statement) in self.0.iter().take(3).enumerate() {
            let separator = if at == 0 { "" } else { "; " };
            write!(
                f,
                "{separator}{} times {}",
                statement.runs,
                statement.label()
            )?;
        }
        Ok(())
    }
}

impl fmt::Debug for Monitor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Monitor")
            .field("name", &self.scope.name)
            .field("count", &self.count())
            .finish_non_exhaustive()
    }
}
