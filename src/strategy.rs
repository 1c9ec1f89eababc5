//! Which way a statement takes to its rows.

/// Two ways to the same rows.
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
