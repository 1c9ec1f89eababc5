//! What a builder knows of its strategy: [`Choice`].

use std::fmt;
use std::sync::Arc;

use super::Strategy;
use super::switch::{PROCESS_WIDE, StrategySwitch};

/// A switch as a builder takes it: `&SWITCH` of a `static`, or an `Arc` of one.
#[derive(Clone)]
pub struct SwitchHandle(Held);

#[derive(Clone)]
enum Held {
    Static(&'static StrategySwitch),
    Shared(Arc<StrategySwitch>),
}

impl SwitchHandle {
    fn switch(&self) -> &StrategySwitch {
        match &self.0 {
            Held::Static(switch) => switch,
            Held::Shared(switch) => switch,
        }
    }
}

impl From<&'static StrategySwitch> for SwitchHandle {
    fn from(switch: &'static StrategySwitch) -> Self {
        Self(Held::Static(switch))
    }
}

impl From<Arc<StrategySwitch>> for SwitchHandle {
    fn from(switch: Arc<StrategySwitch>) -> Self {
        Self(Held::Shared(switch))
    }
}

impl From<&Arc<StrategySwitch>> for SwitchHandle {
    fn from(switch: &Arc<StrategySwitch>) -> Self {
        Self(Held::Shared(Arc::clone(switch)))
    }
}

impl fmt::Debug for SwitchHandle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.switch().fmt(f)
    }
}

/// What was said to a builder.
#[derive(Clone, Debug, Default)]
pub(crate) struct Choice {
    own: Option<Strategy>,
    switch: Option<SwitchHandle>,
}

impl Choice {
    pub fn set(&mut self, strategy: Strategy) {
        self.own = Some(strategy);
    }

    pub fn follow(&mut self, switch: SwitchHandle) {
        self.switch = Some(switch);
    }

    /// What is built now, if the call does not say otherwise.
    pub fn strategy(&self) -> Strategy {
        let of_switch = || match &self.switch {
            Some(handle) => handle.switch().strategy(),
            None => PROCESS_WIDE.strategy(),
        };
        self.own.unwrap_or_else(of_switch)
    }
}
