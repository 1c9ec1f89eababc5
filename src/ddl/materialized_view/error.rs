//! What can go wrong with a materialized view: [`MaterializedViewError`].

use std::borrow::Cow;

/// Why a materialized view cannot be declared, refreshed or read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum MaterializedViewError {
    /// The database has no such view.
    #[error(
        "there is no materialized view {view:?}: create it with `.create(..)`, or by its `.steps()`"
    )]
    #[non_exhaustive]
    Missing {
        /// Its name.
        view: &'static str,
    },

    /// The view is there, and nothing is in it yet.
    #[error("the materialized view {view:?} was never filled: fill it with `.refresh(..)`")]
    #[non_exhaustive]
    NotPopulated {
        /// Its name.
        view: &'static str,
    },

    /// The view in the database is made of another declaration than the program's.
    #[error(
        "the materialized view {view:?} is not as it is declared: make it anew with `.rebuild(..)`, or by its `.rebuild_steps()`"
    )]
    #[non_exhaustive]
    Changed {
        /// Its name.
        view: &'static str,
    },

    /// A value that the view does not have.
    #[error(
        "the materialized view {view:?} has no {name:?}: add it with `.by(..)` or `.measures(..)`, and rebuild the view"
    )]
    #[non_exhaustive]
    NotKept {
        /// The view's name.
        view: &'static str,
        /// What was asked for.
        name: Cow<'static, str>,
    },

    /// A distinct count in a roll-up.
    #[error(
        "{name:?} counts different values, which several rows may have in common: it does not add up, read it by `.rows()`"
    )]
    #[non_exhaustive]
    DoesNotAddUp {
        /// The measure's name.
        name: Cow<'static, str>,
    },

    /// A condition that is found once for a statement, in a view of everybody's rows.
    #[error(
        "{condition} is found once for one tenant, and a materialized view is of everybody's rows: say it by `.exists()` of a relation"
    )]
    #[non_exhaustive]
    OfOneTenant {
        /// Which condition.
        condition: &'static str,
    },
}
