//! A result to be warmed, whatever its type: `WarmTask`, `WarmTaskAsync`.

use std::fmt;
#[cfg(feature = "tokio-postgres")]
use std::pin::Pin;

use super::super::refresh::{Obtained, OnBusy};
use super::super::store::ResultCache;
use super::report::WarmOutcome;
use crate::error::Error;

/// What came of it, as the cache says it.
fn outcome<T>(obtained: Result<Option<Obtained<T>>, Error>) -> WarmOutcome {
    let failed = |reason: String| WarmOutcome::Failed { reason };
    match obtained {
        Ok(Some(Obtained {
            failure: Some(failure),
            ..
        })) => failed(failure.to_string()),
        Ok(Some(obtained)) if obtained.is_computed() => WarmOutcome::Computed,
        // One that is stale, or soon will be, is given only where another is at it.
        Ok(Some(obtained)) if obtained.is_fresh_for_now() => WarmOutcome::WasFresh,
        Ok(_) => WarmOutcome::Busy,
        Err(error) => failed(error.to_string()),
    }
}

#[cfg(feature = "postgres")]
type Run = dyn Fn(&ResultCache, &mut postgres::Client) -> WarmOutcome + Send + Sync;

/// A result to be warmed by the blocking client: any [`Compute`](super::super::Compute).
#[cfg(feature = "postgres")]
pub struct WarmTask {
    pub(super) key: String,
    pub(super) run: Box<Run>,
}

#[cfg(feature = "postgres")]
impl WarmTask {
    /// A definition, which is what readers give to [`ResultCache::get`], too.
    pub fn new(definition: impl super::super::Compute + Send + Sync + 'static) -> Self {
        Self {
            key: definition.key().text(),
            run: Box::new(move |cache, client| {
                outcome(cache.obtain(
                    client,
                    &definition.key(),
                    OnBusy::Leave,
                    |transaction, now| definition.compute(transaction, now),
                ))
            }),
        }
    }
}

#[cfg(feature = "postgres")]
impl fmt::Debug for WarmTask {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WarmTask")
            .field("key", &self.key)
            .finish_non_exhaustive()
    }
}

#[cfg(feature = "tokio-postgres")]
type RunAsync = dyn for<'a> Fn(
        &'a ResultCache,
        &'a mut tokio_postgres::Client,
    ) -> Pin<Box<dyn Future<Output = WarmOutcome> + Send + 'a>>
    + Send
    + Sync;

/// A result to be warmed by the asynchronous client: any [`ComputeAsync`](super::super::ComputeAsync).
#[cfg(feature = "tokio-postgres")]
pub struct WarmTaskAsync {
    pub(super) key: String,
    pub(super) run: Box<RunAsync>,
}

#[cfg(feature = "tokio-postgres")]
impl WarmTaskAsync {
    /// A definition, which is what readers give to [`ResultCache::get_async`], too.
    pub fn new(definition: impl super::super::ComputeAsync + Send + 'static) -> Self {
        let key = definition.key().text();
        let definition = std::sync::Arc::new(definition);
        Self {
            key,
            run: Box::new(move |cache, client| {
                let definition = definition.clone();
                Box::pin(async move {
                    let compute = async |transaction: &tokio_postgres::Transaction<'_>, now| {
                        definition.compute_async(transaction, now).await
                    };
                    let key = definition.key();
                    outcome(
                        cache
                            .obtain_async(client, &key, OnBusy::Leave, compute)
                            .await,
                    )
                })
            }),
        }
    }
}

#[cfg(feature = "tokio-postgres")]
impl fmt::Debug for WarmTaskAsync {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WarmTaskAsync")
            .field("key", &self.key)
            .finish_non_exhaustive()
    }
}
