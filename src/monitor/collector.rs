//! What all requests of a process ask of the database: [`Collector`].

use std::borrow::Cow;
use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::fingerprint::Fingerprint;
use super::latency::{Counts, Times};
use super::names::Names;
use super::normal_form::normal_form;
use super::report::{CollectorReport, ScopeNumbers, StatementNumbers};
use super::scope::Monitor;
use super::state::State;
use super::tags::without_tags;

/// How many names of statements, and of scopes, are told apart.
const MOST_NAMES: usize = 256;
/// What has no name.
const UNNAMED: &str = "(unnamed)";
/// What came when there were names enough.
const OTHERS: &str = "(others)";

/// Keeps, for a process, how long its statements and its pages take, and what the statements are called.
///
/// It is a handle: its clones keep together. Scopes hand their times to it when they end, and after each 1,024 statements. A
/// statement otherwise takes the lock that all scopes share only where it is the first of its text in its scope, to ask for its
/// name; each does, while somebody listens to spans of the level debug, and each text past the first 512 of a scope.
///
/// Its memory is bounded: it tells up to 256 names of statements and as many of scopes apart, with some 12 kB for each.
/// Statements without a name are `(unnamed)`, the commands of transactions `(transaction)`, and those whose names came too late
/// `(others)`: name them after what they are, and not after what they are about.
///
/// # Example
///
/// ```
/// use pagewise::monitor::Collector;
///
/// let collector = Collector::new();
/// for _ in 0..20 {
///     let request = collector.scope("sessions table");
///     request.start_named("sessions page", "SELECT 1").finished(25);
/// }
/// let report = collector.report();
/// assert_eq!(report.statement("sessions page").map(|statement| statement.latency.count), Some(20));
/// assert_eq!(report.scope("sessions table").map(|page| page.most_statements), Some(1));
/// println!("{report}");
/// ```
#[derive(Clone)]
pub struct Collector {
    shared: Arc<Shared>,
}

struct Shared {
    names: Mutex<Names>,
    totals: Mutex<Totals>,
}

#[derive(Default)]
struct Totals {
    statements: HashMap<Cow<'static, str>, OfStatement>,
    scopes: HashMap<Cow<'static, str>, OfScope>,
}

struct OfStatement {
    times: Times,
    failed: u64,
}

struct OfScope {
    times: Times,
    failed: u64,
    unanswered: u64,
    counts: Counts,
    statements: u64,
    most_statements: u64,
}

impl Collector {
    /// One that has nothing yet.
    #[must_use]
    pub fn new() -> Self {
        let shared = Shared {
            names: Mutex::new(Names::new()),
            totals: Mutex::default(),
        };
        Self {
            shared: Arc::new(shared),
        }
    }

    /// A scope that hands its numbers to this collector when it ends.
    ///
    /// Its name is that of what is asked for, such as a route, and not of who asks. Two scopes of one collector around the same
    /// client would count each statement twice: [`Monitor::nested`] does not.
    #[must_use]
    pub fn scope(&self, name: impl Into<Cow<'static, str>>) -> Monitor {
        Monitor::reporting(name.into(), self.clone())
    }

    /// Names a statement by its text, wherever it runs without another name. 4,096 texts are remembered, those that were used
    /// last.
    ///
    /// A statement that is run with a name is known by it from then on. A text may have several names, of which 4 are kept: run
    /// without one, it has the one that was used last. [`Tags`](super::Tags) at its end are not part of it.
    ///
    /// ```
    /// use pagewise::monitor::Collector;
    /// use pagewise::{ContentTypes, chat};
    ///
    /// let collector = Collector::new();
    /// let statement = ContentTypes::statement(&chat::TAGGABLE)?;
    /// collector.register("content types", statement.text());
    /// assert_eq!(collector.names_of(statement.text()), ["content types"]);
    /// # Ok::<(), pagewise::Error>(())
    /// ```
    ///
    /// So the two ways of a page that a [`Guard`](crate::strategy) or a `Shadow` runs have two names, where they are not run by
    /// one. Each text is registered that the page has, with and without its filters:
    ///
    /// ```
    /// use pagewise::chat::{self, Session};
    /// use pagewise::monitor::Collector;
    /// use pagewise::{Listing, Page, Strategy};
    ///
    /// let collector = Collector::new();
    /// let listing = Listing::of(Session).tenant(7).show(&chat::message_timestamps()).page(Page::first(25));
    /// for (name, strategy) in [("sessions page", Strategy::Optimized), ("sessions page, legacy", Strategy::Legacy)] {
    ///     collector.register(name, listing.build_as(strategy)?.text());
    /// }
    /// # Ok::<(), pagewise::Error>(())
    /// ```
    pub fn register(&self, name: impl Into<Cow<'static, str>>, text: &str) {
        let text = without_tags(text);
        self.names().put(Fingerprint::of(text), text, name.into());
    }

    /// The names of a text, also of one in which constants have become parameters, as `pg_stat_statements` shows it; in
    /// alphabetic order. Texts that differ in constants only have their names in common there. None if it is not known.
    #[must_use]
    pub fn names_of(&self, text: &str) -> Vec<Cow<'static, str>> {
        let mut names = self.names().by_normal_form();
        names
            .remove(&Fingerprint::of(&normal_form(text)))
            .unwrap_or_default()
    }

    /// What it has kept so far, in the order of names.
    #[must_use]
    pub fn report(&self) -> CollectorReport {
        let totals = self.totals();
        let statements = totals
            .statements
            .iter()
            .map(|(name, kept)| StatementNumbers {
                name: name.clone(),
                failed: kept.failed,
                latency: kept.times.latency(),
            });
        let scopes = totals.scopes.iter().map(|(name, kept)| ScopeNumbers {
            name: name.clone(),
            failed: kept.failed,
            unanswered: kept.unanswered,
            latency: kept.times.latency(),
            statements: kept.statements,
            p95_statements: kept.counts.at(0.95),
            most_statements: kept.most_statements,
        });
        CollectorReport::new(statements.collect(), scopes.collect())
    }

    /// Forgets the numbers, and not the names: where a measurement begins.
    pub fn clear(&self) {
        *self.totals() = Totals::default();
    }

    pub(super) fn by_normal_form(&self) -> HashMap<Fingerprint, Vec<Cow<'static, str>>> {
        self.names().by_normal_form()
    }

    /// The name that a text is run by, which it is known by from now on, or else the one that it is known by.
    pub(super) fn name_of(
        &self,
        fingerprint: Fingerprint,
        text: &str,
        run_by: &Option<Cow<'static, str>>,
    ) -> Option<Cow<'static, str>> {
        let mut names = self.names();
        match run_by {
            Some(name) => {
                names.put(fingerprint, text, name.clone());
                Some(name.clone())
            }
            None => names.get(fingerprint),
        }
    }

    /// Takes over the times of a scope's statements.
    pub(super) fn take_samples(&self, state: &mut State) {
        if state.samples.is_empty() {
            return;
        }
        let mut totals = self.totals();
        for sample in state.samples.drain(..) {
            let distinct = state.distinct.get(sample.at as usize);
            let name = match distinct.map(|distinct| distinct.shown.name.as_deref()) {
                Some(name) => name.unwrap_or(UNNAMED),
                // Texts without a name that a scope did not tell apart, or names.
                None => OTHERS,
            };
            let new = || OfStatement {
                times: Times::new(),
                failed: 0,
            };
            update(&mut totals.statements, name, new, |kept| {
                kept.times.add(sample.time);
                kept.failed += u64::from(sample.failed);
            });
        }
    }

    /// Takes over a scope that has ended.
    pub(super) fn take_scope(&self, name: &str, elapsed: Duration, state: &State) {
        let total = &state.total;
        let is_unanswered = state.is_loaded.is_none() && total.failed + total.abandoned > 0;
        let new = || OfScope {
            times: Times::new(),
            failed: 0,
            unanswered: 0,
            counts: Counts::new(),
            statements: 0,
            most_statements: 0,
        };
        update(&mut self.totals().scopes, name, new, |kept| {
            kept.times.add(elapsed);
            kept.failed += u64::from(state.is_loaded == Some(false));
            kept.unanswered += u64::from(is_unanswered);
            kept.counts.add(total.runs);
            kept.statements += total.runs;
            kept.most_statements = kept.most_statements.max(total.runs);
        });
    }

    fn names(&self) -> MutexGuard<'_, Names> {
        self.shared
            .names
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    fn totals(&self) -> MutexGuard<'_, Totals> {
        self.shared
            .totals
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

/// Adds to what is kept by a name; by that of the others where there are names enough.
fn update<T>(
    all: &mut HashMap<Cow<'static, str>, T>,
    name: &str,
    new: impl FnOnce() -> T,
    add: impl FnOnce(&mut T),
) {
    if let Some(kept) = all.get_mut(name) {
        return add(kept);
    }
    let name = if all.len() < MOST_NAMES { name } else { OTHERS };
    add(all.entry(name.to_owned().into()).or_insert_with(new));
}

impl Default for Collector {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for Collector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Collector").finish_non_exhaustive()
    }
}
