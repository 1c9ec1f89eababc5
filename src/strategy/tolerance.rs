//! How far two numbers may be apart that count as the same: [`Tolerance`].

use std::fmt;

/// The least for `real`, whose sums are kept in 24 bits.
const REAL: f64 = 1e-5;

/// How far a number of one answer may be from that of another: of the larger of both, so much.
///
/// Only numbers of the types `double precision` and `real` have one. Their sums and averages depend on the order in which
/// they are added, which is another one in each strategy, and with parallel workers in each run. All else is compared
/// exactly: averages and sums of integers too are exact in PostgreSQL, and rounded once.
///
/// By default it is [`relative`](Self::relative) of `1e-9`. Where values of both signs cancel out, a sum may differ by
/// more.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Tolerance(f64);

impl Tolerance {
    /// None: the same numbers. NaN is the same as NaN, and 0 as -0.
    pub const EXACT: Self = Self(0.0);

    /// So much of the larger one: `1e-9` is a millionth of a thousandth. For `real`, at least `1e-5`. What is no number, or
    /// negative, is 0.
    #[must_use]
    pub fn relative(part: f64) -> Self {
        Self(if part > 0.0 { part } else { 0.0 })
    }

    pub(super) fn allows(self, left: f64, right: f64) -> bool {
        let (left_size, right_size) = (left.abs(), right.abs());
        left == right
            || (left.is_nan() && right.is_nan())
            || (left.is_finite()
                && right.is_finite()
                && (left - right).abs() <= self.0 * left_size.max(right_size))
    }

    pub(super) fn of_real(self) -> Self {
        if self == Self::EXACT {
            self
        } else {
            Self(self.0.max(REAL))
        }
    }
}

impl Default for Tolerance {
    fn default() -> Self {
        Self(1e-9)
    }
}

impl fmt::Display for Tolerance {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self == Self::EXACT {
            true => f.write_str("exact"),
            false => write!(f, "{:e} of the larger one", self.0),
        }
    }
}
