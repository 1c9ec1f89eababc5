//! The cache: [`ContentTypes`].

use std::fmt;
use std::num::NonZeroUsize;
use std::sync::{Mutex, MutexGuard, PoisonError};

use lru::LruCache;

use super::ContentTypeSet;
use super::answer::{Answer, names};
use super::counts::{Counter, Counts};
use super::name::{Name, Pair};
use crate::error::Error;

/// A cache of content types for one database, shared between threads and tasks.
///
/// * Bounded, least recently used first out.
/// * Of those who miss the same set at the same time, one asks the database, and the others wait for its answer. It holds
///   no lock while it waits for the database. If the database fails it, each of the others asks, all at the same time; if it
///   panics or is cancelled, the next one asks for all.
/// * Unknown types are an error that names them, and are not remembered: the migration that creates them may be under
///   way. Those who waited for the same answer get the same error.
/// * What is known costs no allocation, and well under a microsecond.
///
/// The numbers differ per database: one cache for each, by hand or by [`ContentTypesByDatabase`](super::ContentTypesByDatabase).
///
/// # Example
///
/// ```no_run
/// use pagewise::chat;
/// use pagewise::ContentTypes;
///
/// # fn example(client: &mut postgres::Client) -> Result<(), pagewise::Error> {
/// let types = ContentTypes::default();
/// let taggable = types.resolve(client, &chat::TAGGABLE)?;    // one query
/// let again = types.resolve(client, &chat::TAGGABLE)?;       // none
/// assert_eq!((types.counts().hits, types.counts().misses), (1, 1));
/// # Ok(())
/// # }
/// ```
pub struct ContentTypes {
    state: Mutex<State>,
    pub(super) counter: Counter,
    #[cfg(any(feature = "postgres", feature = "tokio-postgres"))]
    pub(super) flights: super::resolve::Questions,
}

struct State {
    known: LruCache<Name, i32>,
    generation: u64,
}

/// How often a cache had been told to forget: what was read before it was told is not remembered afterwards.
///
/// Taken by [`ContentTypes::generation`] before the database is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Generation(u64);

impl ContentTypes {
    /// A cache of so many content types; of one if it is 0.
    #[must_use]
    pub fn new(capacity: usize) -> Self {
        let capacity = NonZeroUsize::new(capacity).unwrap_or(NonZeroUsize::MIN);
        // Made without room for all of them: the capacity may be as large as can be.
        let mut known = LruCache::unbounded();
        known.resize(capacity);
        Self {
            state: Mutex::new(State {
                known,
                generation: 0,
            }),
            counter: Counter::default(),
            #[cfg(any(feature = "postgres", feature = "tokio-postgres"))]
            flights: super::resolve::Questions::new(),
        }
    }

    /// The numbers of a set, if all of them are known already; counted as a hit or a miss.
    pub fn known<S: ContentTypeSet + ?Sized>(&self, set: &S) -> Option<S::Ids> {
        let ids = self.look(set);
        self.counter.looked(ids.is_some());
        ids
    }

    /// As [`known`](Self::known), not counted.
    pub(super) fn look<S: ContentTypeSet + ?Sized>(&self, set: &S) -> Option<S::Ids> {
        // The lock is not held around the set, which is a host's.
        set.ids(&mut |app_label, model| {
            let mut state = self.lock();
            state.known.get(&(app_label, model) as &dyn Pair).copied()
        })
    }

    /// What is to be taken before the database is asked, and handed to [`learn`](Self::learn) with its answer.
    #[must_use]
    pub fn generation(&self) -> Generation {
        Generation(self.lock().generation)
    }

    /// Remembers the answer to [`statement`](Self::statement), `(id, app_label, model)` for each row, and gives
    /// the numbers of the set: for a driver that pagewise has no feature for.
    ///
    /// What was asked before the cache was told to forget is given, and not remembered.
    ///
    /// # Errors
    ///
    /// * [`Error::UnknownContentTypes`] names those that the answer has not; the others are remembered;
    /// * [`Error::UnexpectedAnswer`] if a set of the host's own gives no numbers, although each of its names has one.
    ///
    /// # Example
    ///
    /// ```
    /// use pagewise::chat;
    /// use pagewise::ContentTypes;
    ///
    /// let types = ContentTypes::default();
    /// let ids = match types.known(&chat::TAGGABLE) {
    ///     Some(ids) => ids,
    ///     None => {
    ///         let generation = types.generation();
    ///         let statement = ContentTypes::statement(&chat::TAGGABLE)?;
    ///         // The driver runs it, and answers:
    ///         let rows = [(41, "chat".to_owned(), "chat".to_owned()), (12, "chat".to_owned(), "chatmessage".to_owned())];
    ///         types.learn(&chat::TAGGABLE, generation, rows)?
    ///     }
    /// };
    /// assert_eq!((ids.chat.value(), ids.message.value()), (41, 12));
    /// # Ok::<(), pagewise::Error>(())
    /// ```
    pub fn learn<S: ContentTypeSet + ?Sized>(
        &self,
        set: &S,
        generation: Generation,
        answer: impl IntoIterator<Item = (i32, String, String)>,
    ) -> Result<S::Ids, Error> {
        let answer = Answer::new(answer);
        self.remember(set, generation, &answer);
        answer.find(set)
    }

    /// Remembers the answer to [`statement_of_all`](Self::statement_of_all), as many as there is room for beside what is
    /// known already; how many the answer has.
    pub fn learn_all(
        &self,
        generation: Generation,
        answer: impl IntoIterator<Item = (i32, String, String)>,
    ) -> usize {
        let answer = Answer::new(answer);
        self.counter.answered();
        let mut state = self.lock();
        if Generation(state.generation) == generation {
            for (name, id) in answer.iter() {
                if state.known.contains(name) || state.known.len() < state.known.cap().get() {
                    state.known.put(name.clone(), id);
                }
            }
        }
        answer.len()
    }

    /// Only what the set asks for: application and model may match crosswise.
    pub(super) fn remember<S: ContentTypeSet + ?Sized>(
        &self,
        set: &S,
        generation: Generation,
        answer: &Answer,
    ) {
        self.counter.answered();
        let names = names(set);
        let mut state = self.lock();
        if Generation(state.generation) != generation {
            return;
        }
        for name in names {
            let (app_label, model) = name.pair();
            if let Some(id) = answer.get(app_label, model) {
                state.known.put(name, id);
            }
        }
    }

    /// Forgets the content types of a set: where one was deleted or made anew.
    ///
    /// Whoever asks from here on asks the database. Questions that are under way, also those for other types, are
    /// answered, but not remembered.
    pub fn invalidate<S: ContentTypeSet + ?Sized>(&self, set: &S) {
        let names = names(set);
        let mut state = self.lock();
        state.generation += 1;
        for name in &names {
            state.known.pop(name);
        }
    }

    /// Forgets everything: after a restore, or between tests on fresh databases.
    ///
    /// Questions that are under way are answered, but not remembered.
    pub fn clear(&self) {
        let mut state = self.lock();
        state.generation += 1;
        state.known.clear();
    }

    /// How often what was asked for was known, and how often the database answered.
    #[must_use]
    pub fn counts(&self) -> Counts {
        self.counter.counts()
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // A panic elsewhere cannot leave the cache half-changed.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Default for ContentTypes {
    /// A cache of 128 content types.
    fn default() -> Self {
        Self::new(128)
    }
}

impl fmt::Debug for ContentTypes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ContentTypes")
            .field("known", &self.lock().known.len())
            .field("counts", &self.counts())
            .finish_non_exhaustive()
    }
}
