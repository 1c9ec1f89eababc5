//! The scope of a request: [`RequestScope`].

use std::any::Any;
use std::collections::HashMap;
use std::convert::Infallible;
use std::fmt;
use std::hash::Hash;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::key::Key;
use crate::flight::{Claim, Flights, Lead, Wait};

/// What is computed once within one request.
///
/// * A page, an aggregate or a dashboard of the same text and the same values is run once: `fetch`, `fetch_async`.
/// * Whatever else is computed, under a key: [`get_or_try_insert`](Self::get_or_try_insert).
/// * Of tasks and threads that want the same at the same time, one computes, and the others wait; no lock is held
///   meanwhile. If it fails, panics or is cancelled, the next one computes: errors are not kept.
/// * Keys of other types, and values of other types under equal keys, are others: nothing is told apart by a name.
///
/// Who waits waits without a limit. So a future that computes has to be polled to its end, or dropped: one that is held and
/// forgotten, as by `select!` on a reference to it, keeps the others waiting. A thread of a runtime that waits by a blocking
/// method for what a task of the same thread computes waits for ever, and so do two computations that ask for one another's
/// values.
///
/// It is an explicit value: neither a thread nor the process has one by itself. A clone is the same scope, for the tasks
/// of one request; what it keeps is dropped with the last of them.
///
/// It knows of one database, as one user sees it: one scope for each of both. It knows nothing of writes: after one,
/// [`clear`](Self::clear) it.
///
/// # Example
///
/// ```no_run
/// use pagewise::chat::Session;
/// use pagewise::{Listing, Page, RequestScope};
///
/// # fn example(client: &mut postgres::Client) -> Result<(), pagewise::Error> {
/// let scope = RequestScope::new();
/// let page = Listing::of(Session).tenant(7).show(Session::STATUS).page(Page::first(25)).build()?;
/// let rows = scope.fetch(client, &page)?;        // runs it
/// let again = scope.fetch(client, &page)?;       // does not
/// for row in rows.iter() {
///     println!("{}", row.get(Session::STATUS)?);
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct RequestScope(Arc<Inner>);

struct Inner {
    /// Of this scope and those around and within it: how often the request was told to forget.
    generation: Arc<AtomicU64>,
    outer: Option<RequestScope>,
    kept: Mutex<HashMap<Key, Kept>>,
    under_way: Flights<(u64, Key), Value>,
}

type Value = Arc<dyn Any + Send + Sync>;

struct Kept {
    generation: u64,
    value: Value,
}

/// What there is to do for a value.
enum Next<V> {
    Known(Arc<V>),
    Compute(Computing),
    Wait(Wait<Value>),
}

/// The right to compute.
struct Computing {
    key: Key,
    generation: u64,
    lead: Lead<(u64, Key), Value>,
}

impl RequestScope {
    /// A scope that keeps nothing yet.
    #[must_use]
    pub fn new() -> Self {
        Self::within(None, Arc::default())
    }

    /// A scope within this one: it has what this one has, and what it adds is dropped with it. What this one is only
    /// computing it does not wait for, but computes itself.
    ///
    /// # Example
    ///
    /// ```
    /// use pagewise::RequestScope;
    ///
    /// let request = RequestScope::new();
    /// request.get_or_insert("limit", || 25);
    /// {
    ///     let part = request.nested();
    ///     assert_eq!(part.get::<_, i32>(&"limit").as_deref(), Some(&25));
    ///     part.get_or_insert("offset", || 50);
    /// }
    /// assert_eq!(request.get::<_, i32>(&"offset"), None);
    /// ```
    #[must_use]
    pub fn nested(&self) -> Self {
        Self::within(Some(self.clone()), Arc::clone(&self.0.generation))
    }

    fn within(outer: Option<Self>, generation: Arc<AtomicU64>) -> Self {
        Self(Arc::new(Inner {
            generation,
            outer,
            kept: Mutex::default(),
            under_way: Flights::new(),
        }))
    }

    /// The value of a key, if there is one here or in a scope around.
    #[must_use]
    pub fn get<K, V>(&self, key: &K) -> Option<Arc<V>>
    where
        K: Clone + Hash + Eq + Send + Sync + 'static,
        V: Send + Sync + 'static,
    {
        self.find(&Key::new::<K, V>(key.clone()))
    }

    /// The value of a key: kept, or computed now and kept.
    ///
    /// A computation may use the scope, but not ask for the very value that it computes: it would wait for itself.
    ///
    /// # Errors
    ///
    /// That of `compute`; nothing is kept then.
    ///
    /// # Example
    ///
    /// ```
    /// use std::num::ParseIntError;
    ///
    /// use pagewise::RequestScope;
    ///
    /// #[derive(Clone, PartialEq, Eq, Hash)]
    /// struct Setting(&'static str);
    ///
    /// let scope = RequestScope::new();
    /// let failed = scope.get_or_try_insert(Setting("size"), || "many".parse::<u32>());
    /// assert!(failed.is_err());
    /// let size = scope.get_or_try_insert(Setting("size"), || "25".parse::<u32>())?;
    /// let again = scope.get_or_try_insert(Setting("size"), || unreachable!("it is kept") as Result<u32, ParseIntError>)?;
    /// assert_eq!((*size, *again), (25, 25));
    /// # Ok::<(), ParseIntError>(())
    /// ```
    pub fn get_or_try_insert<K, V, Error>(
        &self,
        key: K,
        compute: impl FnOnce() -> Result<V, Error>,
    ) -> Result<Arc<V>, Error>
    where
        K: Hash + Eq + Send + Sync + 'static,
        V: Send + Sync + 'static,
    {
        let key = Key::new::<K, V>(key);
        let computing = loop {
            match self.next(&key) {
                Next::Known(value) => return Ok(value),
                Next::Compute(computing) => break computing,
                Next::Wait(wait) => {
                    if let Some(value) = wait.wait().and_then(typed) {
                        return Ok(value);
                    }
                }
            }
        };
        Ok(self.keep(computing, compute()?))
    }

    /// As [`get_or_try_insert`](Self::get_or_try_insert), where nothing can fail.
    pub fn get_or_insert<K, V>(&self, key: K, compute: impl FnOnce() -> V) -> Arc<V>
    where
        K: Hash + Eq + Send + Sync + 'static,
        V: Send + Sync + 'static,
    {
        let computed = self.get_or_try_insert(key, || Ok::<V, Infallible>(compute()));
        computed.unwrap_or_else(|never| match never {})
    }

    /// As [`get_or_try_insert`](Self::get_or_try_insert), with a computation that waits: whoever waits for it blocks no
    /// thread, and whoever is cancelled while it computes lets the next one compute. On any runtime.
    ///
    /// # Errors
    ///
    /// That of `compute`; nothing is kept then.
    ///
    /// # Example
    ///
    /// ```
    /// # async fn load(team: i64) -> Result<String, std::io::Error> { Ok(team.to_string()) }
    /// # async fn example() -> Result<(), std::io::Error> {
    /// let scope = pagewise::RequestScope::new();
    /// let name = scope.get_or_try_insert_async(("team name", 7), || load(7)).await?;
    /// # Ok(())
    /// # }
    /// ```
    pub async fn get_or_try_insert_async<K, V, Error, F>(
        &self,
        key: K,
        compute: impl FnOnce() -> F,
    ) -> Result<Arc<V>, Error>
    where
        K: Hash + Eq + Send + Sync + 'static,
        V: Send + Sync + 'static,
        F: Future<Output = Result<V, Error>>,
    {
        let key = Key::new::<K, V>(key);
        let computing = loop {
            let wait = match self.next(&key) {
                Next::Known(value) => return Ok(value),
                Next::Compute(computing) => break computing,
                Next::Wait(wait) => wait,
            };
            if let Some(value) = wait.await.and_then(typed) {
                return Ok(value);
            }
        };
        let computed = compute().await?;
        Ok(self.keep(computing, computed))
    }

    /// Forgets what was computed in this request: here, in the scopes around, and in those within. After a write.
    ///
    /// What is being computed meanwhile is given to those who asked before, and not kept.
    pub fn clear(&self) {
        self.0.generation.fetch_add(1, Ordering::SeqCst);
        let mut scope = Some(self);
        while let Some(inner) = scope {
            // Dropped after the lock: what is dropped is a host's.
            let forgotten = std::mem::take(&mut *inner.lock());
            drop(forgotten);
            scope = inner.0.outer.as_ref();
        }
    }

    /// How many values it keeps itself, apart from those of the scopes around.
    #[must_use]
    pub fn len(&self) -> usize {
        let generation = self.generation();
        let kept = self.lock();
        kept.values()
            .filter(|kept| kept.generation == generation)
            .count()
    }

    /// Whether it keeps nothing itself.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    fn generation(&self) -> u64 {
        self.0.generation.load(Ordering::SeqCst)
    }

    fn find<V: Send + Sync + 'static>(&self, key: &Key) -> Option<Arc<V>> {
        let generation = self.generation();
        let mut scope = Some(self);
        while let Some(inner) = scope {
            let kept = inner.lock();
            if let Some(kept) = kept.get(key)
                && kept.generation == generation
            {
                return typed(Arc::clone(&kept.value));
            }
            drop(kept);
            scope = inner.0.outer.as_ref();
        }
        None
    }

    fn next<V: Send + Sync + 'static>(&self, key: &Key) -> Next<V> {
        if let Some(value) = self.find(key) {
            return Next::Known(value);
        }
        let generation = self.generation();
        match self.0.under_way.claim((generation, key.clone())) {
            Claim::Wait(wait) => Next::Wait(wait),
            // The one before may have kept it since this one missed.
            Claim::Lead(lead) => match self.find(key) {
                Some(value) => Next::Known(value),
                None => Next::Compute(Computing {
                    key: key.clone(),
                    generation,
                    lead,
                }),
            },
        }
    }

    fn keep<V: Send + Sync + 'static>(&self, computing: Computing, computed: V) -> Arc<V> {
        let value = Arc::new(computed);
        let kept = Kept {
            generation: computing.generation,
            value: Arc::clone(&value) as Value,
        };
        if computing.generation == self.generation() {
            let replaced = self.lock().insert(computing.key, kept);
            drop(replaced);
        }
        computing.lead.land(Arc::clone(&value) as Value);
        value
    }

    /// Only for as long as the map is looked into.
    fn lock(&self) -> MutexGuard<'_, HashMap<Key, Kept>> {
        // A panic elsewhere cannot leave the map half-changed.
        self.0.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The type is part of the key: it is always the one.
fn typed<V: Send + Sync + 'static>(value: Value) -> Option<Arc<V>> {
    value.downcast().ok()
}

impl Default for RequestScope {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for RequestScope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RequestScope")
            .field("len", &self.len())
            .field("outer", &self.0.outer)
            .finish_non_exhaustive()
    }
}
