//! How long a result may be shown: [`Tier`].

use std::time::Duration;

const MINUTE: u64 = 60;

/// How long a result may be shown, and how far behind the data.
///
/// By default a result is shown until it has the tier's age or the data that it was computed from has changed, whichever is
/// first. The ages of the four tiers are the design document's; a host sets its own, for a kind
/// ([`CacheKind::tier`](super::CacheKind::tier)) or where the cache is made ([`ResultCache::tier`](super::ResultCache::tier)).
///
/// * **Changes that are tolerated.** Where a team writes all the time, a result that each change outdates is hardly ever found.
///   With [`tolerate_changes`](Self::tolerate_changes) a result goes on being fresh for so long after the first change.
/// * **Stale results.** While a result that is no longer fresh is computed anew, and where that fails, the old one is
///   given, marked as stale, up to [`stale_for`](Self::stale_for) after it went out of date. By default: never.
/// * **Early refresh.** In the last part of its time ([`refresh_early`](Self::refresh_early)) one of those who ask computes it
///   anew, and the others go on with what is there, so that nobody waits. By default: the last tenth.
///
/// ```
/// use std::time::Duration;
/// use pagewise::cache::Tier;
///
/// const BUSY: Tier = Tier::OVERVIEW
///     .tolerate_changes(Duration::from_secs(30))
///     .stale_for(Duration::from_secs(600));
/// assert_eq!(BUSY.fresh_for, Duration::from_secs(300));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Tier {
    /// The age up to which a result is fresh.
    pub fresh_for: Duration,
    /// For how long after the first change of its data a result goes on being fresh; zero: not at all.
    pub tolerates_changes_for: Duration,
    /// For how long after it was last fresh a result is given as a stale one; zero: not at all.
    pub stale_for: Duration,
    /// For how long before it goes out of date a result is computed anew by one of those who ask; zero: not at all; as long as it
    /// is fresh: each time that it is asked for.
    pub refresh_early: Duration,
}

impl Tier {
    /// Numbers of a moment: 5 minutes.
    pub const OVERVIEW: Self = Self::fresh_for(Duration::from_secs(5 * MINUTE));
    /// Numbers of the past: 30 minutes.
    pub const HISTORICAL: Self = Self::fresh_for(Duration::from_secs(30 * MINUTE));
    /// Trends: an hour.
    pub const TREND: Self = Self::fresh_for(Duration::from_secs(60 * MINUTE));
    /// Who takes part: 15 minutes.
    pub const ENGAGEMENT: Self = Self::fresh_for(Duration::from_secs(15 * MINUTE));

    /// Fresh up to an age; computed anew early in the last tenth of it; no change tolerated; never given when stale.
    #[must_use]
    pub const fn fresh_for(age: Duration) -> Self {
        Self {
            fresh_for: age,
            tolerates_changes_for: Duration::ZERO,
            stale_for: Duration::ZERO,
            refresh_early: Duration::from_millis(millis(age) / 10),
        }
    }

    /// Goes on being fresh for so long after the first change of its data.
    ///
    /// What was changed is then seen up to so much later, and so is what is outdated by hand.
    #[must_use]
    pub const fn tolerate_changes(mut self, time: Duration) -> Self {
        self.tolerates_changes_for = time;
        self
    }

    /// Given as stale for so long after it was last fresh, while it is computed anew or where that fails.
    #[must_use]
    pub const fn stale_for(mut self, time: Duration) -> Self {
        self.stale_for = time;
        self
    }

    /// Computed anew for so long before it goes out of date by its age.
    #[must_use]
    pub const fn refresh_early(mut self, time: Duration) -> Self {
        self.refresh_early = time;
        self
    }
}

#[allow(
    clippy::cast_possible_truncation,
    reason = "more milliseconds than u64 holds are capped before"
)]
const fn millis(duration: Duration) -> u64 {
    let millis = duration.as_millis();
    if millis > u64::MAX as u128 {
        u64::MAX
    } else {
        millis as u64
    }
}
