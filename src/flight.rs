//! One does the work, the others wait for it: [`Flights`].

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::fmt;
use std::hash::Hash;
use std::pin::Pin;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};

/// Work that is under way within this process, by key: of those who want the same, one does it.
///
/// * Blocking and asynchronous callers may meet at one key: [`Wait::wait`] blocks the thread, `wait.await` only its task,
///   on any runtime.
/// * Whoever leads and gives up, by an error, a panic or a cancelled future, lets the others go on: each claims again, and
///   one of them leads.
/// * Where failing takes long, as a time limit does, whoever fails lands that, as one of the outcomes: were each of the
///   others to lead in turn, they would fail one after another.
/// * No lock is held while anybody works: the right to do so is a value, which goes wherever the work goes.
///
/// It keeps nothing of what has landed. So whoever leads first looks again whether what it is to make has been kept since
/// it was missed: another one may have landed between. And it keeps what it made before it lands.
///
/// Whoever leads must not wait for its own key: that would be for ever.
///
/// ```text
/// loop {
///     match flights.claim(key) {
///         Claim::Lead(lead) => {
///             // Look again, else: work, keep, and
///             lead.land(outcome);
///             return ..;
///         }
///         Claim::Wait(wait) => if let Some(outcome) = wait.wait() { return .. },
///     }
/// }
/// ```
pub(crate) struct Flights<K, T>(Arc<UnderWay<K, T>>);

type UnderWay<K, T> = Mutex<HashMap<K, Arc<Flight<T>>>>;

/// What a claim gives.
pub(crate) enum Claim<K: Hash + Eq, T> {
    /// Nobody does the work: it is the claimer's.
    Lead(Lead<K, T>),
    /// Somebody does it.
    Wait(Wait<T>),
}

/// The right to do the work. Dropped without [`land`](Self::land), it goes to one of those who wait.
pub(crate) struct Lead<K: Hash + Eq, T> {
    under_way: Arc<UnderWay<K, T>>,
    key: K,
    flight: Arc<Flight<T>>,
}

/// Waits for whoever leads: blocking, or as a future. `None` if that one gave up: claim again.
pub(crate) struct Wait<T> {
    flight: Arc<Flight<T>>,
    /// Its place among the wakers, once it has been polled.
    place: Option<usize>,
}

struct Flight<T> {
    state: Mutex<State<T>>,
    ended: Condvar,
}

struct State<T> {
    phase: Phase<T>,
    /// Of the tasks that wait; `None` of those that do no longer.
    wakers: Vec<Option<Waker>>,
}

enum Phase<T> {
    UnderWay,
    GivenUp,
    Landed(T),
}

impl<K, T> Flights<K, T> {
    pub fn new() -> Self {
        Self(Arc::default())
    }
}

impl<K: Clone + Hash + Eq, T> Flights<K, T> {
    /// The right to do the work, or a way to wait for who has it.
    pub fn claim(&self, key: K) -> Claim<K, T> {
        match lock(&self.0).entry(key) {
            Entry::Occupied(entry) => Claim::Wait(Wait {
                flight: Arc::clone(entry.get()),
                place: None,
            }),
            Entry::Vacant(entry) => {
                let key = entry.key().clone();
                let flight = Arc::clone(entry.insert(Arc::new(Flight::new())));
                Claim::Lead(Lead {
                    under_way: Arc::clone(&self.0),
                    key,
                    flight,
                })
            }
        }
    }
}

impl<K: Hash + Eq, T> Lead<K, T> {
    /// Hands the outcome to those who wait.
    pub fn land(self, outcome: T) {
        self.end(Phase::Landed(outcome));
    }

    fn end(&self, phase: Phase<T>) {
        // First, so that nobody finds what has ended. Once it has, the next one's flight may be there.
        let mut under_way = lock(&self.under_way);
        if under_way
            .get(&self.key)
            .is_some_and(|flight| Arc::ptr_eq(flight, &self.flight))
        {
            under_way.remove(&self.key);
        }
        drop(under_way);
        self.flight.end(phase);
    }
}

impl<K: Hash + Eq, T> Drop for Lead<K, T> {
    fn drop(&mut self) {
        self.end(Phase::GivenUp);
    }
}

impl<T> Flight<T> {
    fn new() -> Self {
        Self {
            state: Mutex::new(State {
                phase: Phase::UnderWay,
                wakers: Vec::new(),
            }),
            ended: Condvar::new(),
        }
    }

    /// Once: what has ended stays as it is.
    fn end(&self, phase: Phase<T>) {
        let mut state = lock(&self.state);
        if !matches!(state.phase, Phase::UnderWay) {
            return;
        }
        state.phase = phase;
        let wakers = std::mem::take(&mut state.wakers);
        drop(state);
        self.ended.notify_all();
        for waker in wakers.into_iter().flatten() {
            waker.wake();
        }
    }
}

impl<T: Clone> Phase<T> {
    fn outcome(&self) -> Option<T> {
        match self {
            Self::Landed(outcome) => Some(outcome.clone()),
            Self::UnderWay | Self::GivenUp => None,
        }
    }
}

impl<T: Clone> Wait<T> {
    /// Blocks the thread until whoever leads has landed or given up.
    pub fn wait(self) -> Option<T> {
        let ended = self
            .flight
            .ended
            .wait_while(lock(&self.flight.state), |state| {
                matches!(state.phase, Phase::UnderWay)
            });
        let state = ended.unwrap_or_else(PoisonError::into_inner);
        state.phase.outcome()
    }
}

impl<T: Clone> Future for Wait<T> {
    type Output = Option<T>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<T>> {
        let flight = Arc::clone(&self.flight);
        let mut state = lock(&flight.state);
        if !matches!(state.phase, Phase::UnderWay) {
            return Poll::Ready(state.phase.outcome());
        }
        let waker = Some(context.waker().clone());
        match self.place {
            Some(place) => state.wakers[place] = waker,
            None => {
                self.place = Some(state.wakers.len());
                state.wakers.push(waker);
            }
        }
        Poll::Pending
    }
}

impl<T> Drop for Wait<T> {
    fn drop(&mut self) {
        if let Some(place) = self.place
            && let Some(waker) = lock(&self.flight.state).wakers.get_mut(place)
        {
            *waker = None;
        }
    }
}

impl<K, T> Clone for Flights<K, T> {
    /// The same flights.
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<K, T> fmt::Debug for Flights<K, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Flights")
            .field("under_way", &lock(&self.0).len())
            .finish_non_exhaustive()
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // A panic elsewhere cannot leave what is inside half-changed.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use std::future::Future;
    use std::panic::{AssertUnwindSafe, catch_unwind};
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::task::{Context, Poll, Waker};
    use std::thread;

    use super::{Claim, Flights, Lead, Wait};

    fn lead<T>(flights: &Flights<i64, T>, key: i64) -> Lead<i64, T> {
        match flights.claim(key) {
            Claim::Lead(lead) => lead,
            Claim::Wait(_) => panic!("somebody leads"),
        }
    }

    fn wait<T>(flights: &Flights<i64, T>, key: i64) -> Wait<T> {
        match flights.claim(key) {
            Claim::Lead(_) => panic!("nobody leads"),
            Claim::Wait(wait) => wait,
        }
    }

    /// Works until all have claimed.
    struct Work {
        flights: Flights<i64, usize>,
        claimed: AtomicUsize,
        done: AtomicUsize,
        /// What was made; 0 before.
        kept: AtomicUsize,
    }

    impl Work {
        fn new() -> Self {
            Self {
                flights: Flights::new(),
                claimed: AtomicUsize::new(0),
                done: AtomicUsize::new(0),
                kept: AtomicUsize::new(0),
            }
        }

        /// Each caller's first claim is counted.
        fn claim(&self, is_first: &mut bool) -> Claim<i64, usize> {
            let claim = self.flights.claim(7);
            if std::mem::take(is_first) {
                self.claimed.fetch_add(1, Ordering::SeqCst);
            }
            claim
        }

        fn all_have_claimed(&self) -> bool {
            self.claimed.load(Ordering::SeqCst) >= 64
        }

        fn land(&self, lead: Lead<i64, usize>) -> usize {
            let outcome = self.done.fetch_add(1, Ordering::SeqCst) + 40;
            self.kept.store(outcome, Ordering::SeqCst);
            lead.land(outcome);
            outcome
        }

        /// Gives up as often as it is told to.
        fn blocking(&self, failures: &AtomicUsize) -> usize {
            let mut is_first = true;
            loop {
                match self.claim(&mut is_first) {
                    Claim::Lead(lead) => {
                        // Whoever was told late that one gave up may find that the next one has landed.
                        let kept = self.kept.load(Ordering::SeqCst);
                        if kept != 0 {
                            lead.land(kept);
                            return kept;
                        }
                        while !self.all_have_claimed() {
                            thread::yield_now();
                        }
                        let fails = |left: usize| left.checked_sub(1);
                        if failures
                            .fetch_update(Ordering::SeqCst, Ordering::SeqCst, fails)
                            .is_err()
                        {
                            return self.land(lead);
                        }
                    }
                    Claim::Wait(wait) => {
                        if let Some(outcome) = wait.wait() {
                            return outcome;
                        }
                    }
                }
            }
        }

        async fn asynchronous(&self) -> usize {
            let mut is_first = true;
            loop {
                match self.claim(&mut is_first) {
                    Claim::Lead(lead) => {
                        while !self.all_have_claimed() {
                            tokio::task::yield_now().await;
                        }
                        return self.land(lead);
                    }
                    Claim::Wait(wait) => {
                        if let Some(outcome) = wait.await {
                            return outcome;
                        }
                    }
                }
            }
        }
    }

    #[test]
    fn of_64_threads_one_works() {
        let work = Work::new();
        let outcomes = thread::scope(|scope| {
            let threads: Vec<_> = (0..64)
                .map(|_| scope.spawn(|| work.blocking(&AtomicUsize::new(0))))
                .collect();
            threads
                .into_iter()
                .map(|thread| thread.join().unwrap())
                .collect::<Vec<_>>()
        });
        assert_eq!(outcomes, [40; 64]);
        assert_eq!(work.done.load(Ordering::SeqCst), 1);
    }

    #[test]
    fn after_those_who_give_up_one_works() {
        let (work, failures) = (Work::new(), AtomicUsize::new(5));
        thread::scope(|scope| {
            for _ in 0..64 {
                scope.spawn(|| assert_eq!(work.blocking(&failures), 40));
            }
        });
        assert_eq!(work.done.load(Ordering::SeqCst), 1);
        assert_eq!(failures.load(Ordering::SeqCst), 0);
    }

    #[tokio::test(flavor = "current_thread")]
    async fn of_64_tasks_on_one_thread_one_works() {
        let work = std::sync::Arc::new(Work::new());
        let tasks: Vec<_> = (0..64)
            .map(|_| {
                let work = work.clone();
                tokio::spawn(async move { work.asynchronous().await })
            })
            .collect();
        for task in tasks {
            assert_eq!(task.await.unwrap(), 40);
        }
        assert_eq!(work.done.load(Ordering::SeqCst), 1);
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn threads_and_tasks_wait_for_one_another() {
        let work = std::sync::Arc::new(Work::new());
        let threads: Vec<_> = (0..32)
            .map(|_| {
                let work = work.clone();
                thread::spawn(move || work.blocking(&AtomicUsize::new(0)))
            })
            .collect();
        let tasks: Vec<_> = (0..32)
            .map(|_| {
                let work = work.clone();
                tokio::spawn(async move { work.asynchronous().await })
            })
            .collect();
        for task in tasks {
            assert_eq!(task.await.unwrap(), 40);
        }
        for thread in threads {
            assert_eq!(thread.join().unwrap(), 40);
        }
        assert_eq!(work.done.load(Ordering::SeqCst), 1);
    }

    #[test]
    fn a_panic_and_a_dropped_future_give_up() {
        let flights: Flights<i64, i32> = Flights::new();
        let first = lead(&flights, 7);
        let waits = wait(&flights, 7);
        let panicked = catch_unwind(AssertUnwindSafe(move || {
            let _first = first;
            panic!("on purpose");
        }));
        assert!(panicked.is_err());
        assert_eq!(waits.wait(), None);

        let second = lead(&flights, 7);
        let mut waits = Box::pin(wait(&flights, 7));
        let mut context = Context::from_waker(Waker::noop());
        let mut work = Box::pin(async move {
            let _second = second;
            std::future::pending::<()>().await;
        });
        assert!(work.as_mut().poll(&mut context).is_pending());
        assert!(waits.as_mut().poll(&mut context).is_pending());
        drop(work);
        assert_eq!(waits.as_mut().poll(&mut context), Poll::Ready(None));
        drop(lead(&flights, 7));
    }

    #[test]
    fn a_task_that_waits_no_longer_is_not_woken() {
        let flights: Flights<i64, i32> = Flights::new();
        let leads = lead(&flights, 7);
        let woken = std::sync::Arc::new(Count::default());
        let waker = Waker::from(woken.clone());
        let mut context = Context::from_waker(&waker);
        let mut gone = Box::pin(wait(&flights, 7));
        let mut stays = Box::pin(wait(&flights, 7));
        for _ in 0..3 {
            assert!(gone.as_mut().poll(&mut context).is_pending());
            assert!(stays.as_mut().poll(&mut context).is_pending());
        }
        drop(gone);
        leads.land(41);
        assert_eq!(woken.0.load(Ordering::SeqCst), 1);
        assert_eq!(stays.as_mut().poll(&mut context), Poll::Ready(Some(41)));
    }

    #[derive(Default)]
    struct Count(AtomicUsize);

    impl std::task::Wake for Count {
        fn wake(self: std::sync::Arc<Self>) {
            self.0.fetch_add(1, Ordering::SeqCst);
        }
    }

    #[test]
    fn other_keys_are_others_work_and_nothing_is_kept() {
        let flights: Flights<i64, i32> = Flights::new();
        let (seven, eight) = (lead(&flights, 7), lead(&flights, 8));
        let waits = wait(&flights, 7);
        seven.land(1);
        let seven_again = lead(&flights, 7);
        assert_eq!(waits.wait(), Some(1));
        seven_again.land(2);
        drop(eight);
        assert_eq!(format!("{flights:?}"), "Flights { under_way: 0, .. }");
    }
}
