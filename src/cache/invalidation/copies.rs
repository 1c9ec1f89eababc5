//! Results that a process keeps for itself: [`LocalCopies`].

use std::any::Any;
use std::collections::{HashSet, VecDeque};
use std::fmt;
use std::num::NonZeroUsize;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use lru::LruCache;

use super::note::Note;
use crate::cache::CacheKey;
use crate::cache::validity::sources_of;

/// How many notes are remembered for who is computing meanwhile.
const REMEMBERED: usize = 4_096;

/// Results that a process keeps for itself, beside those in the database: to read them costs no statement.
///
/// Bounded, least recently used first out; shared between threads. A copy is dropped by a note of its team and of its kind's
/// sources. The notes come by looking at them ([`catch_up`](Self::catch_up_statement)), every second or so, and, where
/// [`Sources::notifying`](super::Sources::notifying) is set, from a connection that listens, which is quicker.
///
/// # What is promised
///
/// * A copy is behind the database that is looked at by no more than the age that was given to [`new`](Self::new): if the
///   last look is older than that, because the connection is gone, the listener was never started or its thread is dead,
///   nothing is given out.
/// * Who was away gets what happened meanwhile at the next look: exactly, by snapshots, or, where notes of that time are
///   purged, everything is dropped.
/// * What was read before a note was handled is not put after it: [`get`](Self::get) gives a [`CopyTicket`], and
///   [`put`](Self::put) refuses one that is from before a note of the same team and sources.
///
/// After a failover to a server that lacks what the old one had committed last, transactions have the same numbers again:
/// [`clear`](Self::clear) then.
///
/// The value has to be read from the server that is looked at, or one that is not behind it, after the ticket was taken.
///
/// # Example
///
/// ```no_run
/// use std::sync::Arc;
/// use std::time::Duration;
/// use pagewise::cache::{CacheKind, LocalCopies, Tier};
/// # use pagewise::Error;
/// # fn count_sessions(client: &mut postgres::Client, team: i64) -> Result<i64, Error> { Ok(0) }
///
/// const SESSIONS: CacheKind<i64> =
///     CacheKind::new("sessions", Tier::OVERVIEW, &["experiments_experimentsession"]);
///
/// # fn example(client: &mut postgres::Client, other: &mut postgres::Client) -> Result<(), Error> {
/// let copies = Arc::new(LocalCopies::new(10_000, Duration::from_secs(2)));
/// // In a task of its own, with a connection of its own:
/// copies.catch_up(other)?;
///
/// let key = SESSIONS.key(7);
/// let count = match copies.get(&key) {
///     Ok(count) => count,
///     Err(ticket) => {
///         let count = Arc::new(count_sessions(client, 7)?);
///         copies.put(&key, Arc::clone(&count), Duration::from_secs(300), ticket);
///         count
///     }
/// };
/// # Ok(())
/// # }
/// ```
pub struct LocalCopies {
    inner: Mutex<Inner>,
    trusted_for: Duration,
}

/// The moment before a value is read, as far as notes go: what [`LocalCopies::get`] gives to the one who reads it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CopyTicket(u64);

struct Kept {
    value: Arc<dyn Any + Send + Sync>,
    sources: Arc<[String]>,
    until: Option<Instant>,
}

struct Inner {
    copies: LruCache<(i64, String), Kept>,
    /// Counts what was handled.
    generation: u64,
    /// Tickets of before this one are refused, whatever they are for.
    oldest: u64,
    /// The notes that were handled, each with the generation that it began.
    handled: VecDeque<(u64, Note)>,
    look: Option<LastLook>,
    /// How often all was dropped by hand.
    clears: u64,
}

/// Up to where notes are handled.
#[derive(Clone, Debug)]
pub(super) struct LastLook {
    pub snapshot: String,
    /// When it was asked for.
    pub at: Instant,
}

impl LocalCopies {
    /// So many copies at most, 1 at least; given out while the last look at the notes was asked for no longer ago than this.
    #[must_use]
    pub fn new(capacity: usize, trusted_for: Duration) -> Self {
        let capacity = NonZeroUsize::new(capacity).unwrap_or(NonZeroUsize::MIN);
        // Made without room for all of them: the capacity may be as large as can be.
        let mut copies = LruCache::unbounded();
        copies.resize(capacity);
        Self {
            inner: Mutex::new(Inner {
                copies,
                generation: 0,
                oldest: 0,
                handled: VecDeque::new(),
                look: None,
                clears: 0,
            }),
            trusted_for,
        }
    }

    /// The copy, if there is one that may be given out; else the ticket to put one with.
    ///
    /// # Errors
    ///
    /// The ticket: to be taken before the value is read.
    pub fn get<T: Send + Sync + 'static>(&self, key: &CacheKey<T>) -> Result<Arc<T>, CopyTicket> {
        let known = (key.team(), key.text());
        let mut inner = self.lock();
        let ticket = CopyTicket(inner.generation);
        let is_trusted = inner
            .look
            .as_ref()
            .is_some_and(|look| look.at.elapsed() <= self.trusted_for);
        if !is_trusted {
            return Err(ticket);
        }
        let (value, is_over) = match inner.copies.get(&known) {
            Some(kept) => (
                Arc::clone(&kept.value).downcast().ok(),
                kept.until.is_some_and(|until| Instant::now() >= until),
            ),
            None => return Err(ticket),
        };
        match value {
            Some(value) if !is_over => Ok(value),
            _ => {
                inner.copies.pop(&known);
                Err(ticket)
            }
        }
    }

    /// Keeps a value, for so long at most; says whether it did. It does not if a note of its team and sources was handled
    /// since the ticket was taken, or so many others that nobody knows.
    pub fn put<T: Send + Sync + 'static>(
        &self,
        key: &CacheKey<T>,
        value: Arc<T>,
        fresh_for: Duration,
        ticket: CopyTicket,
    ) -> bool {
        let kind = key.kind();
        let sources = sources_of(kind.name(), kind.sources().iter().copied());
        let known = (key.team(), key.text());
        // As long as cannot be said is for ever.
        let until = Instant::now().checked_add(fresh_for);
        let mut inner = self.lock();
        let was_outdated = ticket.0 < inner.oldest
            || inner
                .handled
                .iter()
                .rev()
                .take_while(|(generation, _)| *generation > ticket.0)
                .any(|(_, note)| note.concerns(key.team(), &sources));
        if was_outdated {
            return false;
        }
        let kept = Kept {
            value,
            sources: sources.into(),
            until,
        };
        inner.copies.put(known, kept);
        true
    }

    /// Drops what a note outdates.
    pub fn handle(&self, note: &Note) {
        self.lock().handle(std::slice::from_ref(note));
    }

    /// Drops all, and what is known of the server, too: nothing is given out until the next look.
    pub fn clear(&self) {
        let mut inner = self.lock();
        inner.forget();
        inner.look = None;
        inner.clears += 1;
    }

    /// How many copies there are, outdated by their age or not.
    #[must_use]
    pub fn len(&self) -> usize {
        self.lock().copies.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Up to where notes are handled, and how often all was dropped by then.
    pub(super) fn last_look(&self) -> (Option<String>, u64) {
        let inner = self.lock();
        let snapshot = inner.look.as_ref().map(|look| look.snapshot.clone());
        (snapshot, inner.clears)
    }

    /// What a look has found; `None`: nobody knows. One that was begun before all was dropped may be of another server.
    pub(super) fn looked(&self, look: LastLook, clears: u64, notes: Option<&[Note]>) {
        let mut inner = self.lock();
        if inner.clears != clears {
            return;
        }
        match notes {
            Some(notes) => inner.handle(notes),
            None => inner.forget(),
        }
        inner.look = Some(look);
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        // A panic elsewhere cannot leave it half-changed.
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Inner {
    /// One walk over the copies, however many notes there are: others wait meanwhile.
    fn handle(&mut self, notes: &[Note]) {
        for note in notes {
            self.generation += 1;
            if self.handled.len() == REMEMBERED
                && let Some((generation, _)) = self.handled.pop_front()
            {
                self.oldest = self.oldest.max(generation);
            }
            self.handled.push_back((self.generation, note.clone()));
        }
        let noted: HashSet<(Option<i64>, &str)> = notes
            .iter()
            .map(|note| (note.team, note.source.as_str()))
            .collect();
        let is_noted = |team: i64, sources: &[String]| {
            let mut sources = sources.iter().map(String::as_str);
            sources.any(|source| {
                noted.contains(&(Some(team), source)) || noted.contains(&(None, source))
            })
        };
        let outdated: Vec<_> = self
            .copies
            .iter()
            .filter(|((team, _), kept)| is_noted(*team, &kept.sources))
            .map(|(key, _)| key.clone())
            .collect();
        for key in &outdated {
            self.copies.pop(key);
        }
    }

    fn forget(&mut self) {
        self.generation += 1;
        self.oldest = self.generation;
        self.handled.clear();
        self.copies.clear();
    }
}

impl fmt::Debug for LocalCopies {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let inner = self.lock();
        f.debug_struct("LocalCopies")
            .field("copies", &inner.copies.len())
            .field("last_look", &inner.look)
            .field("trusted_for", &self.trusted_for)
            .finish_non_exhaustive()
    }
}
