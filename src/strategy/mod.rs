//! Which way a statement takes to its rows, and the way back from one to the other.
//!
//! Everything that pagewise builds can be had in two ways, [`Strategy::Optimized`] and [`Strategy::Legacy`], with the same
//! rows. This module owns who decides between them.
//!
//! | what decides | how it is said | precedence |
//! |---|---|---|
//! | a call | `.build_as(Strategy::Legacy)` | 1 |
//! | a builder | `.strategy(Strategy::Legacy)` | 2 |
//! | a switch that the builder was given | `.switch(&SESSIONS_PAGE)`: a [`StrategySwitch`], and those that it is within | 3 |
//! | the switch of the process | [`PROCESS_WIDE`] | 4 |
//! | nobody | `Strategy::Optimized` | 5 |
//!
//! Switches are looked at when a statement is built, so that one that is flipped holds from the next statement on. A
//! statement that was built stays what it is; `strategy()` tells which.
//!
//! How a host goes over from one to the other, and back:
//!
//! * a [`StrategySwitch`] for each page, flipped while the service runs;
//! * `Shadow`: both are run, the rows of `Legacy` are given, and what differs is told to the host;
//! * `Guard`: `Optimized` has a time limit, and `Legacy` is run where it is reached; a [`Breaker`] stops trying for a while
//!   where that happens again and again.
//!
//! `Shadow` and `Guard` need a driver (features `postgres`, `tokio-postgres`). Without one, two answers are compared as
//! [`Shown`].

#[cfg(any(feature = "postgres", feature = "tokio-postgres"))]
mod block;
mod breaker;
mod choice;
mod compare;
mod difference;
#[cfg(any(feature = "postgres", feature = "tokio-postgres"))]
mod guard;
#[cfg(any(feature = "postgres", feature = "tokio-postgres"))]
mod shadow;
mod shown;
mod switch;
mod tolerance;
#[cfg(any(feature = "postgres", feature = "tokio-postgres"))]
pub(crate) mod two_ways;

use std::fmt;
use std::str::FromStr;

pub use breaker::{Attempt, Breaker, BreakerState};
pub(crate) use choice::Choice;
pub use choice::SwitchHandle;
pub use difference::{Difference, Differences};
#[cfg(any(feature = "postgres", feature = "tokio-postgres"))]
pub use guard::{FallBack, Guard, Guarded, Way};
#[cfg(any(feature = "postgres", feature = "tokio-postgres"))]
pub use shadow::{Comparison, Outcome, Shadow};
pub use shown::{Shown, ShownTable};
pub use switch::{PROCESS_WIDE, StrategySwitch};
pub use tolerance::Tolerance;
#[cfg(any(feature = "postgres", feature = "tokio-postgres"))]
pub use two_ways::TwoWays;

use crate::error::Error;

/// Two ways to the same rows.
///
/// As text, in a setting or a flag, they are `optimized` and `legacy`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Strategy {
    /// The page first, expensive values for its rows only.
    #[default]
    Optimized,
    /// One SELECT with a sub-select for each value, as an ORM writes it: the way back if something goes wrong,
    /// and the reference in tests. The same rows in the same order.
    Legacy,
}

impl Strategy {
    /// As text.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Optimized => "optimized",
            Self::Legacy => "legacy",
        }
    }
}

impl fmt::Display for Strategy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Strategy {
    type Err = Error;

    /// # Errors
    ///
    /// [`Error::UnknownStrategy`].
    fn from_str(name: &str) -> Result<Self, Error> {
        match name {
            "optimized" => Ok(Self::Optimized),
            "legacy" => Ok(Self::Legacy),
            _ => Err(Error::UnknownStrategy {
                name: name.to_owned(),
            }),
        }
    }
}
