//! What is kept: [`CacheKind`].

use std::fmt;
use std::marker::PhantomData;

use super::key::CacheKey;
use super::tier::Tier;

/// A kind of results: their type, how long they may be shown, and which tables' changes outdate them.
///
/// The type of the values is part of it, so that what was kept as one type is not read as another. A change of that type's
/// fields, or of what the numbers mean, is another [`version`](Self::version): what is there is then not read any more.
///
/// ```
/// use pagewise::cache::{CacheKind, Tier};
///
/// const OPEN_SESSIONS: CacheKind<i64> =
///     CacheKind::new("open_sessions", Tier::OVERVIEW, &["experiments_experimentsession"]);
///
/// let key = OPEN_SESSIONS.key(7);
/// assert!(key.text().starts_with("open_sessions:v1:"));
/// ```
pub struct CacheKind<T> {
    pub(super) name: &'static str,
    pub(super) version: u32,
    pub(super) tier: Tier,
    pub(super) sources: &'static [&'static str],
    marker: PhantomData<fn() -> T>,
}

impl<T> CacheKind<T> {
    /// A kind of results, by its name, which no other kind of the database has.
    ///
    /// `sources` are the names of what their values are computed from, as the triggers note them: the tables' names. Without
    /// any, results are outdated by their age and by hand only.
    #[must_use]
    pub const fn new(name: &'static str, tier: Tier, sources: &'static [&'static str]) -> Self {
        Self {
            name,
            version: 1,
            tier,
            sources,
            marker: PhantomData,
        }
    }

    /// The version of its values, 1 unless said: another one where their type or their meaning changes.
    #[must_use]
    pub const fn version(mut self, version: u32) -> Self {
        self.version = version;
        self
    }

    /// The same with another tier.
    #[must_use]
    pub const fn tier(mut self, tier: Tier) -> Self {
        self.tier = tier;
        self
    }

    /// The name.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        self.name
    }

    /// What its values are computed from.
    #[must_use]
    pub const fn sources(&self) -> &'static [&'static str] {
        self.sources
    }

    /// A result of this kind, of a team.
    #[must_use]
    pub const fn key(self, team: i64) -> CacheKey<T> {
        CacheKey::new(self, team)
    }
}

impl<T> Clone for CacheKind<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for CacheKind<T> {}

impl<T> fmt::Debug for CacheKind<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CacheKind")
            .field("name", &self.name)
            .field("version", &self.version)
            .field("tier", &self.tier)
            .field("sources", &self.sources)
            .finish()
    }
}

/// How keys of a kind begin, and what no other kind's begin with: the name, with the sign that ends it written otherwise.
pub(super) fn prefix(name: &str) -> String {
    format!("{}:", name.replace('%', "%25").replace(':', "%3A"))
}
