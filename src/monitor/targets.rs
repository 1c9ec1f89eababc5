//! What pages should take at most: [`Targets`].

use std::borrow::Cow;
use std::time::Duration;

use super::collector::Collector;
use super::latency::Latency;
use super::report::{CollectorReport, ScopeNumbers};
use super::target_report::{Measured, TargetLine, TargetReport};

/// The name of scopes that load the list of chatbots, in [`Targets::indicators`].
pub const CHATBOT_LIST: &str = "chatbot list";
/// The name of scopes that load the table of sessions, in [`Targets::indicators`].
pub const SESSIONS_TABLE: &str = "sessions table";
/// The name of scopes that load the dashboard, in [`Targets::indicators`].
pub const DASHBOARD: &str = "dashboard";

/// Below how many there is no telling what 95 of 100 take.
const LEAST_LOADS: u64 = 20;
/// One of so many may fail: the others are the 95 of 100.
const FAILED_OF: u64 = 20;

/// What a number should be.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Target {
    /// Scopes of a name last less than this, 95 of 100 of them. It is missed if more than 5 of 100 failed: the host said so, or
    /// it said nothing, and a statement gave no answer ([`Monitor::loaded`](super::Monitor::loaded)).
    PageLoad {
        /// The scopes' name.
        page: Cow<'static, str>,
        /// What they stay below.
        below: Duration,
    },
    /// Statements of a name take less than this, 95 of 100 of them. It is missed if more than 5 of 100 gave no answer.
    StatementTime {
        /// The statements' name.
        statement: Cow<'static, str>,
        /// What they stay below.
        below: Duration,
    },
    /// No scope, of whatever name, runs as many statements as this.
    StatementsPerPage {
        /// What each stays below.
        below: u64,
    },
    /// More than this share of the lookups of a cache are hits.
    CacheHitRatio {
        /// What it stays above; 1 would be all.
        above: f64,
    },
}

/// How many lookups of a cache found what they looked for. Without any there is no ratio.
///
/// ```
/// use pagewise::ContentTypes;
/// use pagewise::monitor::Lookups;
///
/// let lookups = Lookups::from(ContentTypes::default().counts());
/// assert_eq!(lookups, Lookups { hits: 0, misses: 0 });
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Lookups {
    /// How many did.
    pub hits: u64,
    /// How many did not.
    pub misses: u64,
}

impl From<crate::content_type::Counts> for Lookups {
    fn from(counts: crate::content_type::Counts) -> Self {
        Self {
            hits: counts.hits,
            misses: counts.misses,
        }
    }
}

/// Stale results that were given are hits, as in [`hit_ratio`](crate::cache::Counts::hit_ratio).
#[cfg(feature = "cache")]
impl From<crate::cache::Counts> for Lookups {
    fn from(counts: crate::cache::Counts) -> Self {
        Self {
            hits: counts.hits.saturating_add(counts.stale_hits),
            misses: counts.misses,
        }
    }
}

/// Targets, which are compared with what a [`Collector`] has kept.
///
/// # Example
///
/// ```
/// use pagewise::monitor::{Collector, Lookups, Targets};
///
/// let collector = Collector::new();
/// for _ in 0..20 {
///     collector.scope("sessions table").start("SELECT 1").finished(25);
/// }
/// let report = Targets::indicators().measure(&collector, Some(Lookups { hits: 9, misses: 1 }));
/// assert!(!report.are_met(), "the other pages were not loaded");
/// let markdown = report.to_string();
/// assert!(markdown.contains("| statements per page, most | < 15 | 1 | met |"), "{markdown}");
/// assert!(markdown.contains("| cache hit ratio | > 80 % | 90.0 % | met |"), "{markdown}");
/// assert!(markdown.contains("| dashboard, p95 | < 2000 ms | not measured: 0 of at least 20 | no |"), "{markdown}");
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Targets {
    targets: Vec<Target>,
    at_least: u64,
}

impl Targets {
    /// None yet.
    #[must_use]
    pub fn new() -> Self {
        Self {
            targets: Vec::new(),
            at_least: LEAST_LOADS,
        }
    }

    /// The key indicators of Open Chat Studio's design document (7.1): the list of chatbots below half a second, the table of
    /// sessions below 0.8, the dashboard below 2; below 15 statements for a page; and a cache that has what is asked for more
    /// than four times of five. Its times have no percentile; they are taken for 95 of 100, as its criteria of success say.
    ///
    /// Scopes are named [`CHATBOT_LIST`], [`SESSIONS_TABLE`] and [`DASHBOARD`].
    #[must_use]
    pub fn indicators() -> Self {
        Self::new()
            .page_load(CHATBOT_LIST, Duration::from_millis(500))
            .page_load(SESSIONS_TABLE, Duration::from_millis(800))
            .page_load(DASHBOARD, Duration::from_secs(2))
            .statements_per_page(15)
            .cache_hit_ratio(0.8)
    }

    /// Its criteria of success (10): tables below a second, the dashboard below 3, 95 of 100 of them; below 15 statements for a
    /// page.
    #[must_use]
    pub fn success_criteria() -> Self {
        Self::new()
            .page_load(CHATBOT_LIST, Duration::from_secs(1))
            .page_load(SESSIONS_TABLE, Duration::from_secs(1))
            .page_load(DASHBOARD, Duration::from_secs(3))
            .statements_per_page(15)
    }

    /// Scopes of this name last less, 95 of 100 of them.
    #[must_use]
    pub fn page_load(self, page: impl Into<Cow<'static, str>>, below: Duration) -> Self {
        let page = page.into();
        self.with(Target::PageLoad { page, below })
    }

    /// Statements of this name take less, 95 of 100 of them.
    #[must_use]
    pub fn statement_time(self, statement: impl Into<Cow<'static, str>>, below: Duration) -> Self {
        let statement = statement.into();
        self.with(Target::StatementTime { statement, below })
    }

    /// Each scope runs fewer statements, of whatever name it is. The one that ran most is compared. Where none has run any, nothing
    /// was measured.
    #[must_use]
    pub fn statements_per_page(self, below: u64) -> Self {
        self.with(Target::StatementsPerPage { below })
    }

    /// More than this share of lookups are hits; 0.8 are four of five.
    #[must_use]
    pub fn cache_hit_ratio(self, above: f64) -> Self {
        self.with(Target::CacheHitRatio { above })
    }

    /// How often something must have happened to have percentiles: 20 times unless it is said. What happened less often was
    /// not measured.
    #[must_use]
    pub fn at_least(mut self, times: u64) -> Self {
        self.at_least = times;
        self
    }

    fn with(mut self, target: Target) -> Self {
        self.targets.push(target);
        self
    }

    /// Compares them with what was kept, and with the lookups of the host's cache.
    ///
    /// What was not measured, or too seldom, is not met, and says so. What failed was not loaded, however quickly it did: where
    /// that is more than 5 of 100, the target is missed. A page of which a statement gave no answer counts as failed unless the
    /// host has called [`Monitor::loaded`](super::Monitor::loaded).
    #[must_use]
    pub fn measure(&self, collector: &Collector, cache: Option<Lookups>) -> TargetReport {
        let report = collector.report();
        let lines = self
            .targets
            .iter()
            .map(|target| TargetLine::new(target.clone(), self.measured(target, &report, cache)));
        TargetReport {
            lines: lines.collect(),
        }
    }

    fn measured(
        &self,
        target: &Target,
        report: &CollectorReport,
        cache: Option<Lookups>,
    ) -> Measured {
        let time = |kept: Option<(u64, u64, Latency)>| {
            let (failed, unanswered, latency) = kept.unwrap_or_default();
            if latency.count < self.at_least.max(1) {
                return Measured::TooFew {
                    count: latency.count,
                    at_least: self.at_least.max(1),
                };
            }
            let lost = failed.saturating_add(unanswered);
            if lost.saturating_mul(FAILED_OF) > latency.count {
                return Measured::Failed {
                    failed,
                    unanswered,
                    count: latency.count,
                };
            }
            Measured::Time(latency.p95)
        };
        match target {
            Target::PageLoad { page, .. } => {
                let page = report.scope(page);
                time(page.map(|page| (page.failed, page.unanswered, page.latency)))
            }
            Target::StatementTime { statement, .. } => {
                let kept = report.statement(statement);
                time(kept.map(|kept| (kept.failed, 0, kept.latency)))
            }
            Target::StatementsPerPage { .. } => {
                let most = |page: &ScopeNumbers| page.most_statements;
                match report.scopes.iter().map(most).max() {
                    Some(most) if most > 0 => Measured::Count(most),
                    _ => Measured::TooFew {
                        count: 0,
                        at_least: 1,
                    },
                }
            }
            Target::CacheHitRatio { .. } => {
                let Lookups { hits, misses } = cache.unwrap_or_default();
                match hits.saturating_add(misses) {
                    0 => Measured::TooFew {
                        count: 0,
                        at_least: 1,
                    },
                    lookups => Measured::Ratio(hits as f64 / lookups as f64),
                }
            }
        }
    }
}

impl Default for Targets {
    fn default() -> Self {
        Self::new()
    }
}

#[cfg(all(test, feature = "cache"))]
mod tests {
    use super::Lookups;
    use crate::cache::Counts;

    #[test]
    fn a_stale_result_that_was_given_is_a_hit() {
        let counts = Counts {
            hits: 5,
            stale_hits: 3,
            misses: 2,
        };
        let lookups = Lookups::from(counts);
        assert_eq!(lookups, Lookups { hits: 8, misses: 2 });
        assert_eq!(counts.hit_ratio(), Some(0.8));
    }
}
