//! A result and how it is computed, in one: [`Definition`].

use chrono::{DateTime, Utc};

use super::super::key::CacheKey;

/// Why a result could not be computed: any error; `?` makes one of it.
pub type ComputeError = Box<dyn std::error::Error + Send + Sync>;

/// A result: which, and (by [`Compute`], [`ComputeAsync`]) how it is computed.
///
/// Both are of one definition, so that those who read a result and those who warm it cannot ask for different ones.
pub trait Definition {
    /// What is computed.
    type Value: serde::Serialize + serde::de::DeserializeOwned + Send;

    /// Which result, and whose: everything that the value depends on.
    fn key(&self) -> CacheKey<Self::Value>;
}

impl<D: Definition + ?Sized> Definition for &D {
    type Value = D::Value;

    fn key(&self) -> CacheKey<Self::Value> {
        (**self).key()
    }
}

/// How a result is computed by the blocking client.
///
/// ```
/// use chrono::{DateTime, Utc};
/// use pagewise::cache::{CacheKey, CacheKind, Compute, ComputeError, Definition, Tier};
///
/// const OPEN_SESSIONS: CacheKind<i64> =
///     CacheKind::new("open_sessions", Tier::OVERVIEW, &["experiments_experimentsession"]);
///
/// struct OpenSessions { team: i64 }
///
/// impl Definition for OpenSessions {
///     type Value = i64;
///
///     fn key(&self) -> CacheKey<i64> {
///         OPEN_SESSIONS.key(self.team)
///     }
/// }
///
/// impl Compute for OpenSessions {
///     fn compute(
///         &self,
///         transaction: &mut postgres::Transaction<'_>,
///         _now: DateTime<Utc>,
///     ) -> Result<i64, ComputeError> {
///         let text = "SELECT count(*) FROM experiments_experimentsession WHERE team_id = $1 AND ended_at IS NULL";
///         Ok(transaction.query_one(text, &[&self.team])?.try_get(0)?)
///     }
/// }
/// ```
#[cfg(feature = "postgres")]
pub trait Compute: Definition {
    /// Computes it within the transaction, which is READ COMMITTED; `now` is when it began, by the server's clock.
    ///
    /// # Errors
    ///
    /// Any. The transaction is then rolled back, and what was kept stays.
    fn compute(
        &self,
        transaction: &mut postgres::Transaction<'_>,
        now: DateTime<Utc>,
    ) -> Result<Self::Value, ComputeError>;
}

#[cfg(feature = "postgres")]
impl<D: Compute + ?Sized> Compute for &D {
    fn compute(
        &self,
        transaction: &mut postgres::Transaction<'_>,
        now: DateTime<Utc>,
    ) -> Result<Self::Value, ComputeError> {
        (**self).compute(transaction, now)
    }
}

/// How a result is computed by the asynchronous client.
///
/// ```
/// use chrono::{DateTime, Utc};
/// use pagewise::cache::{CacheKey, CacheKind, ComputeAsync, ComputeError, Definition, Tier};
///
/// const OPEN_SESSIONS: CacheKind<i64> =
///     CacheKind::new("open_sessions", Tier::OVERVIEW, &["experiments_experimentsession"]);
///
/// struct OpenSessions { team: i64 }
///
/// impl Definition for OpenSessions {
///     type Value = i64;
///
///     fn key(&self) -> CacheKey<i64> {
///         OPEN_SESSIONS.key(self.team)
///     }
/// }
///
/// impl ComputeAsync for OpenSessions {
///     async fn compute_async(
///         &self,
///         transaction: &tokio_postgres::Transaction<'_>,
///         _now: DateTime<Utc>,
///     ) -> Result<i64, ComputeError> {
///         let text = "SELECT count(*) FROM experiments_experimentsession WHERE team_id = $1 AND ended_at IS NULL";
///         Ok(transaction.query_one(text, &[&self.team]).await?.try_get(0)?)
///     }
/// }
/// ```
#[cfg(feature = "tokio-postgres")]
pub trait ComputeAsync: Definition + Sync {
    /// Computes it within the transaction, which is READ COMMITTED; `now` is when it began, by the server's clock.
    ///
    /// # Errors
    ///
    /// Any. The transaction is then rolled back, and what was kept stays.
    fn compute_async(
        &self,
        transaction: &tokio_postgres::Transaction<'_>,
        now: DateTime<Utc>,
    ) -> impl Future<Output = Result<Self::Value, ComputeError>> + Send;
}

#[cfg(feature = "tokio-postgres")]
impl<D: ComputeAsync + ?Sized> ComputeAsync for &D {
    fn compute_async(
        &self,
        transaction: &tokio_postgres::Transaction<'_>,
        now: DateTime<Utc>,
    ) -> impl Future<Output = Result<Self::Value, ComputeError>> + Send {
        (**self).compute_async(transaction, now)
    }
}
