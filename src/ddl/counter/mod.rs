//! Values that are kept for each row instead of being computed when it is shown: [`Counter`].
//!
//! This module owns the tables, columns, triggers and functions that keep them. How a list reads them is decided where the
//! list is built; `kept` is what it needs to know.

mod child;
mod condition;
mod drift;
pub(crate) mod fingerprint;
pub(crate) mod function;
mod interned;
mod kept;
mod parent;
mod plan;
mod steps;
mod value;
mod walk;

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;

pub use self::drift::Drift;
pub(crate) use self::kept::{KeptNode, KeptRows, join_page};
pub(crate) use self::plan::Plan;
use super::step::Step;
use crate::annotation::AnnotationNode;
use crate::error::Error;
use crate::expression::{Node, Operand};
use crate::listing::{Selection, Shown, Shows};
use crate::schema::Entity;
use crate::statement::Statement;

/// Annotations over one relation that are kept for every row of the entity `E`, by triggers.
///
/// Counts, minimums, maximums, and first and last values by an order, of rows that point at `E` by one column, each perhaps
/// with a condition on those rows' own columns. From this one declaration come the [`steps`](Self::steps) that make it, the
/// ones that [`repair`](Self::repair) it and [`remove`](Self::remove) it, and the [`drift`](Self::drift) that tells whether it
/// is right. A [`Listing`](crate::Listing) that is given it by [`counters`](crate::Listing::counters), and a
/// [`Catalog`](crate::Catalog) that says that it is ready, reads the kept values in place of the sub-selects: the same rows,
/// the same values.
///
/// # Where the values are
///
/// In a table beside that of `E`, which has a row for every row of `E`: its key, its tenant, what is pointed at, and the
/// values. The table is called by the counter's name and a part of a fingerprint of the declaration; another declaration is
/// another table. No foreign key ties it. A narrow row is cheap to write anew, and `fillfactor` 70 leaves room for that.
/// With [`in_columns`](CounterDeclaration::in_columns) they are columns of `E` itself.
///
/// # What is promised
///
/// * Triggers run once for a statement, whatever rows it touches: INSERT, also by COPY, UPDATE, DELETE, MERGE and TRUNCATE of
///   the counted rows and of the parents; ON CONFLICT, data-modifying WITH, and the actions of foreign keys among them. A
///   statement that changes nothing that matters takes no lock.
/// * Under READ COMMITTED, any number of writers leaves the right values behind. Under REPEATABLE READ and SERIALIZABLE too,
///   where PostgreSQL ends transactions with a serialization failure that would overwrite what they have not seen, and TRUNCATE of
///   the counted rows is refused. But what others have committed since the transaction began is not counted where it meets no row
///   that both have written: rows that are written there for a parent that is committed since; and, of a parent that is made
///   there, or given another tenant or another value to be pointed at, rows that others have written since. By foreign keys on
///   the parent's key, which neither changes, there are none of the latter.
/// * Writers of one parent wait for one another until they commit, as they would for the parent's row. A statement locks the
///   rows of its parents in the order of their keys, so that single statements do not deadlock; transactions of several may,
///   as with any row, and PostgreSQL ends one of them.
/// * Where a trigger of the host's own, for each row, deletes or changes the very row that was just written, the values may
///   drift. So they do while triggers are disabled, or `session_replication_role` is `replica`: a subscriber gets the side
///   table by its own publication. [`repair`](Self::repair) makes them right again.
/// * Of a partitioned table, what is written to the whole is counted; what is written to a partition by its own name is not.
/// * The functions run with the rights of who writes: they need to be granted the side table (`_gate` and `_progress` too).
///
/// A count, and a maximum or minimum of numbers and times, changes by what a statement adds; only if the least or largest value
/// goes are the parent's rows looked at, by an index on the pointing column and the value. A first or last value, and the
/// extremes of texts, are looked up for each parent that a statement touches.
///
/// # Example
///
/// ```
/// use pagewise::chat::{self, Session};
/// use pagewise::ddl::Counter;
///
/// let messages = chat::message_timestamps();
/// let counter: Counter<Session> = Counter::of("session_messages", &messages)
///     .sorted_by(&messages.last)              // an index by which a list is walked in this order
///     .build()?;
/// let names: Vec<_> = counter.steps().iter().map(|step| step.name().to_owned()).collect();
/// assert!(names[0].ends_with(": table") && names[names.len() - 1].ends_with(": ready"));
/// # Ok::<(), pagewise::Error>(())
/// ```
pub struct Counter<E> {
    pub(crate) plan: Arc<Plan>,
    batch: u32,
    marker: PhantomData<fn() -> E>,
}

/// A [`Counter`] that is being declared.
pub struct CounterDeclaration<E> {
    label: Cow<'static, str>,
    schema: Cow<'static, str>,
    prefix: Option<Cow<'static, str>>,
    shown: Vec<Shown>,
    indexed: Vec<Shown>,
    batch: u32,
    marker: PhantomData<fn() -> E>,
}

impl<E: Entity> Counter<E> {
    /// Keeps these annotations of `E`, which are over the same relation: one, a tuple, or a set of them.
    ///
    /// The name is the beginning of the names of all that is made: 39 bytes at most.
    #[must_use]
    pub fn of(
        name: impl Into<Cow<'static, str>>,
        values: impl Selection<E>,
    ) -> CounterDeclaration<E> {
        let mut shown = Vec::new();
        values.add_to(&mut Shows::new(&mut shown));
        CounterDeclaration {
            label: name.into(),
            schema: Cow::Borrowed("public"),
            prefix: None,
            shown,
            indexed: Vec::new(),
            batch: steps::BATCH,
            marker: PhantomData,
        }
    }

    /// All that makes the counter: table or columns, functions, triggers, the values of all rows that are there, and the mark
    /// that it is ready.
    ///
    /// Writers go on meanwhile; they wait while the triggers are made, which takes a lock on each table for as long as older
    /// transactions that write it last. The rows are filled in batches, a transaction each, which may be ended at any point
    /// and go on when they are run again; under a stricter isolation than READ COMMITTED they are refused. Only when all are
    /// filled is the counter marked. Run again, they make what is not there any more, a trigger that somebody has dropped, and
    /// then fill all rows anew.
    #[must_use]
    pub fn steps(&self) -> Vec<Step> {
        steps::make(&self.plan, self.batch)
    }

    /// All that takes the counter away, in one transaction.
    ///
    /// A list that was built by an older catalog then fails with an undefined table (or column), and does not show what is
    /// kept no more. Made again by the same declaration, it has the same name: let catalogs grow old in between.
    #[must_use]
    pub fn remove(&self) -> Vec<Step> {
        steps::remove(&self.plan)
    }

    /// What looks at all rows in batches, and counts those anew that have drifted; right while others write.
    #[must_use]
    pub fn repair(&self) -> Vec<Step> {
        steps::repair(&self.plan, self.batch)
    }

    /// The statement that finds up to `limit` rows of which the kept values are not those that are counted: of one moment,
    /// whoever writes. It looks at all rows unless it finds so many before. The counter has to be there.
    ///
    /// Its outputs, all `text`, are the fields of [`Drift`].
    #[must_use]
    pub fn drift(&self, limit: u32) -> Statement {
        drift::statement(&self.plan, limit)
    }

    /// Finds drift: see [`drift`](Self::drift).
    ///
    /// # Errors
    ///
    /// [`Error::Database`].
    #[cfg(feature = "postgres")]
    pub fn find_drift(
        &self,
        client: &mut impl crate::driver::postgres::Execute,
        limit: u32,
    ) -> Result<Vec<Drift>, Error> {
        Drift::of_answer(&self.drift(limit).query(client)?)
    }

    /// As `find_drift`, through an asynchronous client.
    ///
    /// # Errors
    ///
    /// [`Error::Database`].
    #[cfg(feature = "tokio-postgres")]
    pub async fn find_drift_async(
        &self,
        client: &impl crate::driver::tokio_postgres::Execute,
        limit: u32,
    ) -> Result<Vec<Drift>, Error> {
        Drift::of_answer(&self.drift(limit).query_async(client).await?)
    }

    /// The table that has the values.
    #[must_use]
    pub fn table(&self) -> &str {
        match self.plan.in_parent {
            true => self.plan.parent.table,
            false => self.plan.base,
        }
    }

    /// What tells this declaration from others; the comment by which the counter is known to be ready has it.
    #[must_use]
    pub fn fingerprint(&self) -> u64 {
        self.plan.fingerprint
    }
}

impl<E: Entity> CounterDeclaration<E> {
    /// A list sorted by this value, one of those that are kept, is walked by an index: `(tenant, value DESC NULLS LAST, key
    /// DESC)` of the side table, in both directions.
    ///
    /// Each index is written with each change of its value.
    #[must_use]
    pub fn sorted_by(mut self, value: impl Operand<E> + Selection<E>) -> Self {
        value.add_to(&mut Shows::new(&mut self.indexed));
        self
    }

    /// The values are columns of the table of `E` itself, called by the annotations' names behind this prefix.
    ///
    /// A change of a wide row writes all of it anew, so that this is dearer than the table beside it where counted rows are
    /// many; where parents are few, it saves the join. What a host writes into these columns is undone, on INSERT (a clone)
    /// and on UPDATE (a whole row, written back as it was read).
    ///
    /// An index to sort by is declared as for any other column of the table.
    #[must_use]
    pub fn in_columns(mut self, prefix: impl Into<Cow<'static, str>>) -> Self {
        self.prefix = Some(prefix.into());
        self
    }

    /// The schema of the tables that do not name one themselves; `public` unless said otherwise. Functions of triggers do not
    /// depend on the search path of who writes.
    ///
    /// One counter is of the tables of one schema: where a search path chooses between tables of the same name, a schema for
    /// each tenant, a list may not be given the counter of another schema's.
    #[must_use]
    pub fn in_schema(mut self, schema: impl Into<Cow<'static, str>>) -> Self {
        self.schema = schema.into();
        self
    }

    /// How many parents are filled or repaired in one transaction; 1000 unless said otherwise, and 1 at least.
    #[must_use]
    pub fn batch(mut self, rows: u32) -> Self {
        self.batch = rows.clamp(1, i32::MAX as u32);
        self
    }

    /// The counter.
    ///
    /// # Errors
    ///
    /// * [`Error::NotKept`]: a value that triggers cannot keep, or one over other rows than the first;
    /// * [`Error::KeptNameTaken`]: a value would be called as a column of the parent, or, [`in_columns`](Self::in_columns), as
    ///   an annotation, which may stand beside it in a list;
    /// * [`Error::Incomplete`]: no value at all;
    /// * [`Error::InvalidName`], [`Error::NulInText`], [`Error::TooDeep`].
    ///
    /// ```
    /// use pagewise::chat::{self, Session};
    /// use pagewise::ddl::Counter;
    /// use pagewise::Error;
    ///
    /// let refused = Counter::of("messages", &chat::message_timestamps()).in_columns("").build().unwrap_err();
    /// assert!(matches!(refused, Error::KeptNameTaken { .. }));
    ///
    /// let tagged = Session::experiment().value(chat::Experiment::NAME);
    /// assert!(matches!(Counter::of("names", &tagged).build(), Err(Error::NotKept { .. })));
    /// ```
    pub fn build(&self) -> Result<Counter<E>, Error> {
        let values = self.annotations(&self.shown)?;
        let indexed = self.annotations(&self.indexed)?;
        let plan = Plan::new(&plan::Declared {
            label: &self.label,
            schema: &self.schema,
            prefix: self.prefix.as_deref(),
            parent: const { &E::DEFINITION },
            values: &values,
            indexed: &indexed,
        })?;
        Ok(Counter {
            plan: Arc::new(plan),
            batch: self.batch,
            marker: PhantomData,
        })
    }

    fn annotations(&self, shown: &[Shown]) -> Result<Vec<Arc<AnnotationNode>>, Error> {
        let annotation = |shown: &Shown| match &shown.node {
            Node::Annotation(annotation) => Ok(Arc::clone(annotation)),
            _ => Err(Error::NotKept {
                counter: self.label.clone(),
                value: shown.name.clone(),
                reason: "annotations are kept, and no values of the row itself",
            }),
        };
        shown.iter().map(annotation).collect()
    }
}

impl<E> Clone for Counter<E> {
    fn clone(&self) -> Self {
        Self {
            plan: Arc::clone(&self.plan),
            batch: self.batch,
            marker: PhantomData,
        }
    }
}

impl<E> Clone for CounterDeclaration<E> {
    fn clone(&self) -> Self {
        Self {
            label: self.label.clone(),
            schema: self.schema.clone(),
            prefix: self.prefix.clone(),
            shown: self.shown.clone(),
            indexed: self.indexed.clone(),
            batch: self.batch,
            marker: PhantomData,
        }
    }
}

impl<E> fmt::Debug for Counter<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Counter")
            .field("table", &self.plan.base)
            .field("values", &self.plan.values)
            .finish_non_exhaustive()
    }
}

impl<E> fmt::Debug for CounterDeclaration<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CounterDeclaration")
            .field("name", &self.label)
            .field("values", &self.shown)
            .finish_non_exhaustive()
    }
}
