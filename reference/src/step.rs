//! One step of a load.

use std::borrow::Cow;

/// A named part of a load: SQL without parameters, to be sent as one simple query.
///
/// The steps of one load share a session (they use temporary tables) and keep their order.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Step {
    /// What the step makes, in a few words, for a person who waits.
    pub name: &'static str,
    /// The SQL, often several statements.
    pub sql: Cow<'static, str>,
    /// The step's share of the whole load's time; the weights of a load add up to about 100.
    pub weight: f64,
    /// What to run where `sql` fails because the server cannot do it, as embedded ones cannot VACUUM.
    pub fallback: Option<&'static str>,
}
