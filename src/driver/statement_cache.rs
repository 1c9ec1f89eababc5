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
/// the server has forgotten or that a schema change made stale is prepared again.
///
/// What begins, ends or divides a transaction is not kept: there is nothing to plan, and it is sent in one step.
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

    /// Whether a text begins, ends or divides a transaction. It is not prepared first: whoever drops a future after one
    /// look has sent it.
    pub(super) fn is_passed_by(text: &str) -> bool {
        const COMMANDS: [&str; 8] = [
            "BEGIN",
            "START",
            "COMMIT",
            "END",
            "ROLLBACK",
            "ABORT",
            "SAVEPOINT",
            "RELEASE",
        ];
        let is_of_word = |character: char| character.is_alphanumeric() || character == '_';
        let mut words = text.trim_start().split(|character| !is_of_word(character));
        let first = words.next().unwrap_or_default();
        COMMANDS
            .iter()
            .any(|command| command.eq_ignore_ascii_case(first))
    }

    pub(super) fn get(&self, text: &str) -> Option<wire::Statement> {
        self.lock().get(text).cloned()
    }

    pub(super) fn put(&self, text: &str, statement: wire::Statement) {
        self.lock().put(text.into(), statement);
    }

    /// Forgets a statement that the server does not know any more, or not in this form.
    pub(super) fn forget_stale(&self, text: &str, error: &wire::Error) -> bool {
        let Some(code) = error.code() else {
            return false;
        };
        let changed = *code == SqlState::FEATURE_NOT_SUPPORTED
            && error
                .as_db_error()
                .is_some_and(|error| error.message().contains("cached plan"));
        let stale = changed || *code == SqlState::INVALID_SQL_STATEMENT_NAME;
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
    fn commands_of_transactions_are_passed_by() {
        for text in [
            "BEGIN READ ONLY",
            "commit",
            " ROLLBACK TO a",
            "COMMIT/*a='b'*/",
            "END;",
        ] {
            assert!(StatementCache::is_passed_by(text), "{text}");
        }
        for text in [
            "",
            "SELECT 1",
            "\"begin\"",
            "started",
            "end_of",
            "WITH a AS (SELECT 1) SELECT",
        ] {
            assert!(!StatementCache::is_passed_by(text), "{text}");
        }
    }
}
