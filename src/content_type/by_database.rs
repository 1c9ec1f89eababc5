//! A cache for each of several databases: [`ContentTypesByDatabase`].

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::ContentTypes;

/// The [`ContentTypes`] of each database that a process talks to, by the host's name for it.
///
/// The number that stands for a model differs per database, and nothing in a client says which database it is
/// connected to. So the host says it, by the name that it has for the pool: what it takes the client from is also what it
/// takes the cache by. Replicas of one database have one name.
///
/// # Example
///
/// ```no_run
/// use pagewise::chat;
/// use pagewise::content_type::ContentTypesByDatabase;
///
/// # fn example(main: &mut postgres::Client, archive: &mut postgres::Client) -> Result<(), pagewise::Error> {
/// let types = ContentTypesByDatabase::default();
/// let here = types.of("main").resolve(main, &chat::CHAT)?;
/// let there = types.of("archive").resolve(archive, &chat::CHAT)?;   // another number
/// # Ok(())
/// # }
/// ```
pub struct ContentTypesByDatabase {
    capacity: usize,
    databases: Mutex<HashMap<Box<str>, Arc<ContentTypes>>>,
}

impl ContentTypesByDatabase {
    /// Without a database yet; for each, a cache of so many content types.
    #[must_use]
    pub fn new(capacity: usize) -> Self {
        Self {
            capacity,
            databases: Mutex::default(),
        }
    }

    /// The cache for the database of this name: always the same one. It stays until [`remove`](Self::remove), so names
    /// are those of the host's configuration, not of a request.
    pub fn of(&self, database: &str) -> Arc<ContentTypes> {
        let mut databases = self.lock();
        if let Some(types) = databases.get(database) {
            return Arc::clone(types);
        }
        let types = Arc::new(ContentTypes::new(self.capacity));
        databases.insert(database.into(), Arc::clone(&types));
        types
    }

    /// Lets the cache for a database go, where there is none any more of this name, or another one. It forgets what it
    /// knows: whoever still holds it asks again.
    pub fn remove(&self, database: &str) {
        let removed = self.lock().remove(database);
        if let Some(types) = removed {
            types.clear();
        }
    }

    /// Forgets what is known of all databases.
    pub fn clear(&self) {
        let all: Vec<_> = self.lock().values().cloned().collect();
        for types in all {
            types.clear();
        }
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<Box<str>, Arc<ContentTypes>>> {
        // A panic elsewhere cannot leave the map half-changed.
        self.databases
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

impl Default for ContentTypesByDatabase {
    /// 128 content types for each database.
    fn default() -> Self {
        Self::new(128)
    }
}

impl fmt::Debug for ContentTypesByDatabase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(self.lock().iter()).finish()
    }
}
