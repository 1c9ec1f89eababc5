//! Prepared statements of one connection, kept by their text.

use std::fmt;
use std::num::NonZeroUsize;
use std::sync::{Mutex, MutexGuard, PoisonError};

use lru::LruCache;

use super::wire::{self, error::SqlState};

/// The prepared statements of one connection, the most recently used of them.
///
/// A client by itself prepares nothing for later. Texts are few, since they depend only on the shape of what is
/// asked, so a small cache answers nearly always, and the server parses each text once and soon plans it once.
///
/// It belongs to one connection: a statement that another connection prepared is unknown there. A statement that
/// the server has forgotten or that a schema change made stale is prepared again; not in a transaction, which that error
/// aborts, but for the next one.
///
/// What begins, ends or divides a transaction, or sets something, is not kept: there is nothing to plan, and it is sent in
/// one step, which no DISCARD or DEALLOCATE of a pool's comes between.
///
/// # Example
///
/// ```no_run
/// use pagewise::chat::Session;
/// use pagewise::driver::StatementCache;
/// use pagewise::{Listing, Page};
///
/// # fn example(mut client: postgres::Client) -> Result<(), pagewise::Error> {
/// let statements = StatementCache::new(64);
/// let page = Listing::of(Session).tenant(7).page(Page::first(25)).build()?;
/// let rows = page.fetch(&mut statements.with(&mut client))?;
/// # Ok(())
/// # }
/// ```
pub struct StatementCache {
    statements: Mutex<LruCache<Box<str>, wire::Statement>>,
}

impl StatementCache {
    /// A cache of so many statements; of one if it is 0.
    #[must_use]
    pub fn new(capacity: usize) -> Self {
        let capacity = NonZeroUsize::new(capacity).unwrap_or(NonZeroUsize::MIN);
        Self {
            statements: Mutex::new(LruCache::new(capacity)),
        }
    }

    /// How many statements it holds.
    #[must_use]
    pub fn len(&self) -> usize {
        self.lock().len()
    }

    /// Whether it holds none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.lock().is_empty()
    }

    /// Forgets all statements.
    pub fn clear(&self) {
        self.lock().clear();
    }

    pub(super) fn get(&self, text: &str) -> Option<wire::Statement> {
        self.lock().get(text).cloned()
    }

    pub(super) fn put(&self, text: &str, statement: wire::Statement) {
        self.lock().put(text.into(), statement);
    }

    /// Forgets a statement that the server does not know any more, or not in this form.
    pub(super) fn forget_stale(&self, text: &str, error: &wire::Error) -> bool {
        let stale = error
            .as_db_error()
            .is_some_and(|error| is_stale(error.code(), error.routine(), error.message()));
        if stale {
            self.lock().pop(text);
        }
        stale
    }

    /// Never held while anything is sent. A panic elsewhere cannot leave the cache half-changed.
    fn lock(&self) -> MutexGuard<'_, LruCache<Box<str>, wire::Statement>> {
        self.statements
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

/// Whether the server refuses a statement because it has forgotten it, or because a table was changed since.
fn is_stale(code: &SqlState, routine: Option<&str>, message: &str) -> bool {
    /// A function of the server's source. Its name is never translated, as the message is.
    const CHANGED: &str = "RevalidateCachedQuery";
    match *code {
        SqlState::INVALID_SQL_STATEMENT_NAME => true,
        SqlState::FEATURE_NOT_SUPPORTED => match routine {
            Some(routine) => routine == CHANGED,
            // What is between may leave it out.
            None => message.contains("cached plan"),
        },
        _ => false,
    }
}

impl Default for StatementCache {
    /// A cache of 64 statements.
    fn default() -> Self {
        Self::new(64)
    }
}

impl fmt::Debug for StatementCache {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StatementCache")
            .field("len", &self.len())
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_stale_is_told_without_the_language_of_the_message() {
        let changed = SqlState::FEATURE_NOT_SUPPORTED;
        let english = "cached plan must not change result type";
        let french = "le plan en cache ne doit pas modifier le type en r\u{e9}sultat";
        let routine = Some("RevalidateCachedQuery");
        for message in [english, french] {
            assert!(is_stale(&changed, routine, message), "{message}");
            assert!(!is_stale(&SqlState::SYNTAX_ERROR, routine, message));
            assert!(!is_stale(&changed, Some("transformLockingClause"), message));
        }
        assert!(is_stale(&changed, None, english));
        assert!(!is_stale(&changed, None, "FOR UPDATE is not allowed"));
        assert!(is_stale(
            &SqlState::INVALID_SQL_STATEMENT_NAME,
            None,
            "la requ\u{ea}te n'existe pas"
        ));
    }
}
