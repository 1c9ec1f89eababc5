//! A switch between the strategies that is flipped while the process runs: [`StrategySwitch`].

use std::fmt;
use std::sync::atomic::{AtomicU8, Ordering};

use super::Strategy;

/// The switch of the whole process: what builders go by that nothing else was said to.
///
/// ```no_run
/// use pagewise::Strategy;
/// use pagewise::strategy::PROCESS_WIDE;
///
/// PROCESS_WIDE.set(Strategy::Legacy); // from the next statement on, in all threads
/// PROCESS_WIDE.clear();               // as before
/// ```
pub static PROCESS_WIDE: StrategySwitch = StrategySwitch {
    name: "process",
    parent: None,
    state: AtomicU8::new(UNSET),
};

/// How many are asked, one within the other.
const LEVELS: usize = 16;

const UNSET: u8 = 0;
const OPTIMIZED: u8 = 1;
const LEGACY: u8 = 2;

/// Which strategy statements are built with from now on: a feature flag.
///
/// A host keeps one for each page, or whatever it wants to take back alone, in a `static` or in an `Arc`, and gives it to
/// the builders: `.switch(&SESSIONS_PAGE)`. One that is not set says nothing: then those decide that it is
/// [`within`](Self::within), and in the end [`PROCESS_WIDE`].
///
/// At most 16 are asked, this one counted: that is more than anyone needs, and those that are within one another, which two
/// statics can be, come to an end so.
///
/// It is an atomic: reading it takes no lock, and a change is seen by all threads. What is being built meanwhile goes by
/// the one or the other, as a whole.
///
/// # Example
///
/// ```
/// use pagewise::chat::Session;
/// use pagewise::strategy::StrategySwitch;
/// use pagewise::{Listing, Page, Strategy};
///
/// static LISTS: StrategySwitch = StrategySwitch::new("lists");
/// static SESSIONS_PAGE: StrategySwitch = StrategySwitch::within("sessions page", &LISTS);
/// static CHATBOTS_PAGE: StrategySwitch = StrategySwitch::within("chatbots page", &LISTS);
///
/// let listing = Listing::of(Session).tenant(7).switch(&SESSIONS_PAGE).page(Page::first(25));
/// assert_eq!(listing.build()?.strategy(), Strategy::Optimized);
///
/// LISTS.set(Strategy::Legacy);
/// assert_eq!(listing.build()?.strategy(), Strategy::Legacy);
/// SESSIONS_PAGE.set(Strategy::Optimized);
/// assert_eq!(listing.build()?.strategy(), Strategy::Optimized);
/// assert_eq!(CHATBOTS_PAGE.strategy(), Strategy::Legacy);
///
/// // By its name, from a table of settings.
/// let (name, value) = ("sessions page", "legacy");
/// if let Some(switch) = [&LISTS, &SESSIONS_PAGE, &CHATBOTS_PAGE].into_iter().find(|switch| switch.name() == name) {
///     switch.set(value.parse()?);
/// }
/// assert_eq!(listing.build()?.strategy(), Strategy::Legacy);
/// # Ok::<(), pagewise::Error>(())
/// ```
pub struct StrategySwitch {
    name: &'static str,
    parent: Option<&'static StrategySwitch>,
    state: AtomicU8,
}

impl StrategySwitch {
    /// One that is not set. The name is for the host, which may find it by that.
    #[must_use]
    pub const fn new(name: &'static str) -> Self {
        Self {
            name,
            parent: Some(&PROCESS_WIDE),
            state: AtomicU8::new(UNSET),
        }
    }

    /// One that is not set; while it is not, the other decides.
    #[must_use]
    pub const fn within(name: &'static str, parent: &'static StrategySwitch) -> Self {
        Self {
            name,
            parent: Some(parent),
            state: AtomicU8::new(UNSET),
        }
    }

    /// What it is called.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        self.name
    }

    /// From now on, this one.
    pub fn set(&self, strategy: Strategy) {
        let state = match strategy {
            Strategy::Optimized => OPTIMIZED,
            Strategy::Legacy => LEGACY,
        };
        // Nothing else is published by it.
        self.state.store(state, Ordering::Relaxed);
    }

    /// From now on, it says nothing.
    pub fn clear(&self) {
        self.state.store(UNSET, Ordering::Relaxed);
    }

    /// What it was set to itself.
    #[must_use]
    pub fn get(&self) -> Option<Strategy> {
        match self.state.load(Ordering::Relaxed) {
            OPTIMIZED => Some(Strategy::Optimized),
            LEGACY => Some(Strategy::Legacy),
            _ => None,
        }
    }

    /// What is built by it now: what it was set to, else those that it is within, else [`Strategy::Optimized`]; that too if 16
    /// were asked and none is set.
    #[must_use]
    pub fn strategy(&self) -> Strategy {
        let mut switch = Some(self);
        for _ in 0..LEVELS {
            let Some(asked) = switch else { break };
            if let Some(strategy) = asked.get() {
                return strategy;
            }
            switch = asked.parent;
        }
        Strategy::Optimized
    }
}

impl fmt::Debug for StrategySwitch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StrategySwitch")
            .field("name", &self.name)
            .field("set", &self.get())
            .field("strategy", &self.strategy())
            .finish()
    }
}
