//! A panel that is kept: [`CachedPanel`].

use std::fmt;

use chrono::{DateTime, Utc};
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::super::data::DashboardData;
use super::super::panel::Panel;
use super::super::statement::DashboardStatement;
use super::dashboard::CachedDashboard;
use super::key::key;
#[cfg(feature = "postgres")]
use crate::cache::Compute;
#[cfg(feature = "tokio-postgres")]
use crate::cache::ComputeAsync;
use crate::cache::{CacheKey, CacheKind, ComputeError, Definition};
use crate::error::Error;
use crate::strategy::Strategy;

/// A panel of a [`CachedDashboard`]: which result it is, and how it is computed.
///
/// Given to [`ResultCache::get`](crate::cache::ResultCache::get) to be read, and to a
/// [`WarmTask`](crate::cache::WarmTask) to be warmed. A [switch](super::super::Dashboard::switch) is looked at when this is
/// made.
pub struct CachedPanel<T> {
    dashboard: CachedDashboard,
    panel: Panel,
    /// As it was chosen when this was made, so that key and statement have the same.
    strategy: Strategy,
    kind: CacheKind<T>,
    take: fn(DashboardData) -> Option<T>,
}

impl<T> CachedPanel<T> {
    pub(super) fn new(
        dashboard: &CachedDashboard,
        panel: Panel,
        kind: CacheKind<T>,
        take: fn(DashboardData) -> Option<T>,
    ) -> Self {
        Self {
            dashboard: dashboard.clone(),
            panel,
            strategy: dashboard.request.choice.strategy(),
            kind,
            take,
        }
    }

    /// The statement that computes it at an instant.
    ///
    /// # Errors
    ///
    /// Those of [`Dashboard::build`](super::super::Dashboard::build), and [`Error::WindowEndsBeforeStart`].
    pub fn statement(&self, now: DateTime<Utc>) -> Result<DashboardStatement, Error> {
        self.dashboard.at(self.panel, now)?.build_as(self.strategy)
    }

    fn read(&self, data: DashboardData) -> Result<T, ComputeError> {
        let value = (self.take)(data);
        value.ok_or_else(|| format!("the dashboard has no {}", self.kind.name()).into())
    }
}

impl<T: Serialize + DeserializeOwned + Send> Definition for CachedPanel<T> {
    type Value = T;

    fn key(&self) -> CacheKey<T> {
        key(&self.dashboard, self.panel, self.strategy, self.kind)
    }
}

#[cfg(feature = "postgres")]
impl<T: Serialize + DeserializeOwned + Send> Compute for CachedPanel<T> {
    fn compute(
        &self,
        transaction: &mut postgres::Transaction<'_>,
        now: DateTime<Utc>,
    ) -> Result<T, ComputeError> {
        self.read(self.statement(now)?.fetch(transaction)?)
    }
}

#[cfg(feature = "tokio-postgres")]
impl<T: Serialize + DeserializeOwned + Send> ComputeAsync for CachedPanel<T> {
    async fn compute_async(
        &self,
        transaction: &tokio_postgres::Transaction<'_>,
        now: DateTime<Utc>,
    ) -> Result<T, ComputeError> {
        self.read(self.statement(now)?.fetch_async(transaction).await?)
    }
}

impl<T> Clone for CachedPanel<T> {
    fn clone(&self) -> Self {
        Self {
            dashboard: self.dashboard.clone(),
            ..*self
        }
    }
}

impl<T> fmt::Debug for CachedPanel<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CachedPanel")
            .field("panel", &self.panel)
            .field("dashboard", &self.dashboard)
            .finish_non_exhaustive()
    }
}
