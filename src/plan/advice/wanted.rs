//! What a statement wants: [`WantedIndex`], and what says so, [`WantsIndexes`].

use std::fmt;

use super::collect::Wants;
use super::want::Want;
use crate::aggregate::{AggregateStatement, Part};
use crate::ddl::IndexDefinition;
use crate::error::Error;
use crate::listing::Listing;
use crate::schema::Entity;
use crate::statement::Statement;

/// An index that a statement would be faster with, if it is not there, and if PostgreSQL agrees: neither is checked.
///
/// `Display` writes the index and what it is for.
#[derive(Clone, Debug, PartialEq)]
pub struct WantedIndex {
    index: IndexDefinition,
    want: Want,
}

impl WantedIndex {
    fn new(want: Want) -> Result<Self, Error> {
        Ok(Self {
            index: want.definition()?,
            want,
        })
    }

    /// The index.
    #[must_use]
    pub fn index(&self) -> &IndexDefinition {
        &self.index
    }

    /// What it is to find, in words.
    #[must_use]
    pub fn purpose(&self) -> String {
        self.want.purpose.to_string()
    }

    pub(super) fn want(&self) -> &Want {
        &self.want
    }
}

impl fmt::Display for WantedIndex {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} ({}): {}",
            self.index.table(),
            self.index.columns(),
            self.want.purpose
        )
    }
}

pub(super) mod sealed {
    /// Nobody else's.
    pub trait Sealed {}
}

/// What can say which indexes its statement wants: a listing, and the statement of numbers, a series, groups or a batch.
///
/// # Example
///
/// ```
/// use pagewise::chat::Session;
/// use pagewise::plan::WantsIndexes;
/// use pagewise::{Listing, Page};
///
/// let listing = Listing::of(Session)
///     .tenant(7)
///     .filter(Session::STATUS.eq("active"))
///     .order_by(Session::ENDED_AT.desc())
///     .page(Page::first(25));
/// let wanted: Vec<_> = listing.wanted_indexes()?.iter().map(ToString::to_string).collect();
/// assert_eq!(
///     wanted,
///     [
///         r#"experiments_experimentsession ("team_id", "status", "ended_at" DESC NULLS LAST): rows in their order"#,
///         r#"experiments_experimentsession ("team_id", "ended_at" DESC NULLS LAST): rows in their order"#,
///     ]
/// );
/// # Ok::<(), pagewise::Error>(())
/// ```
pub trait WantsIndexes: sealed::Sealed {
    /// The indexes that would serve it: for its conditions, the tenant first, then what is equal to a value, then one range
    /// or the order; for what belongs to its rows, the columns that tie it to them and those that are tested or read; for
    /// links, those by which they are found from what they point at. What the primary key's index has is left out. Whether
    /// they are there is not looked at: that is what [`advise`](super::advise) is for.
    ///
    /// # Errors
    ///
    /// Those of building the statement.
    fn wanted_indexes(&self) -> Result<Vec<WantedIndex>, Error>;

    /// The statement.
    ///
    /// # Errors
    ///
    /// Those of building it.
    #[doc(hidden)]
    fn to_statement(&self) -> Result<Statement, Error>;
}

fn of_wants(wants: Wants) -> Result<Vec<WantedIndex>, Error> {
    wants.0.into_iter().map(WantedIndex::new).collect()
}

impl<E: Entity> sealed::Sealed for Listing<E> {}

impl<E: Entity> WantsIndexes for Listing<E> {
    fn wanted_indexes(&self) -> Result<Vec<WantedIndex>, Error> {
        let mut wants = Wants::default();
        self.want(&mut wants);
        of_wants(wants)
    }

    fn to_statement(&self) -> Result<Statement, Error> {
        Ok(self.build()?.statement().clone())
    }
}

impl<P: Part> sealed::Sealed for AggregateStatement<P> {}

impl<P: Part> WantsIndexes for AggregateStatement<P> {
    fn wanted_indexes(&self) -> Result<Vec<WantedIndex>, Error> {
        let mut wants = Wants::default();
        self.want(&mut wants)?;
        of_wants(wants)
    }

    fn to_statement(&self) -> Result<Statement, Error> {
        Ok(self.statement().clone())
    }
}
