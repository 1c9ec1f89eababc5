//! Several parts of a dashboard in one statement: [`Batch`].

#![cfg_attr(
    not(any(feature = "postgres", feature = "tokio-postgres")),
    expect(dead_code, reason = "answers are read by the drivers")
)]

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use sea_query::{Expr, Func, IntoIden, Query};

use super::part::{
    AggregateStatement, Output, OutputValue, Part, Whose, Writer, Written, sealed, whose,
};
use crate::error::Error;
use crate::render::{iden, is_name};
use crate::schema::DataType;
use crate::statement::OutputColumn;

/// Numbers, series, groups and tables in one statement: a whole dashboard in one round trip.
///
/// A set of rows that several parts read is found once. The answer is one row: each column of each part is an array, so
/// that parts may have as many rows as they like. What is put in is read by the handle that [`add`](Self::add) gives.
///
/// # Example
///
/// ```
/// use pagewise::aggregate::{Batch, Bucket, CombinedAggregate, Rows, Series};
/// use pagewise::chat::Session;
///
/// let sessions = Rows::of(Session).filter(Session::PLATFORM.is_distinct_from("evaluations"));
/// let count = sessions.count().named("sessions");
///
/// let mut batch = Batch::new().tenant(7);
/// let total = batch.add(CombinedAggregate::new().numbers(&count));
/// let monthly = batch.add(Series::of(&sessions, Session::CREATED_AT).every(Bucket::Month).numbers(&count));
/// let statement = batch.build()?;
/// assert_eq!(statement.to_string().matches("experiments_experimentsession").count(), 1);
/// # fn example(
/// #     client: &mut postgres::Client,
/// #     statement: pagewise::aggregate::AggregateStatement<Batch>,
/// #     total: pagewise::aggregate::Handle<CombinedAggregate>,
/// #     monthly: pagewise::aggregate::Handle<Series>,
/// #     count: pagewise::aggregate::Number<i64>,
/// # ) -> Result<(), pagewise::Error> {
/// let answer = statement.fetch(client)?;
/// println!("{} sessions", answer.get(&total)?.get(&count)?);
/// for point in &answer.get(&monthly)? {
///     println!("{}: {}", point.start()?, point.get(&count)?);
/// }
/// # Ok(())
/// # }
/// # Ok::<(), pagewise::Error>(())
/// ```
#[derive(Clone, Default)]
pub struct Batch {
    whose: Whose,
    parts: Vec<(PartId, Arc<dyn AnyPart>)>,
}

/// A part of a [`Batch`]: by it, its answer is read.
#[derive(Clone, Debug)]
pub struct Handle<P> {
    pub(super) part: P,
    pub(super) id: PartId,
}

/// Which part it is, of all that were ever put into a batch: a handle reads no other batch's answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct PartId(u64);

impl PartId {
    fn new() -> Self {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        Self(NEXT.fetch_add(1, Ordering::Relaxed))
    }
}

/// A part, whatever its answer is.
trait AnyPart: Send + Sync {
    fn write(&self, writer: &Writer<'_, '_>) -> Result<Written, Error>;
    #[cfg(any(feature = "postgres", feature = "tokio-postgres"))]
    fn explain(&self, error: Error) -> Error;
}

impl<P: Part + Send + Sync> AnyPart for P {
    fn write(&self, writer: &Writer<'_, '_>) -> Result<Written, Error> {
        Part::write(self, writer)
    }

    #[cfg(any(feature = "postgres", feature = "tokio-postgres"))]
    fn explain(&self, error: Error) -> Error {
        Part::explain(self, error)
    }
}

impl Batch {
    /// Without parts yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    whose!();

    /// Adds a part.
    pub fn add<P: Part + Send + Sync + 'static>(&mut self, part: P) -> Handle<P> {
        let id = PartId::new();
        self.parts.push((id, Arc::new(part.clone())));
        Handle { part, id }
    }

    /// Whether there is no part.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.parts.is_empty()
    }

    /// Makes the statement.
    ///
    /// # Errors
    ///
    /// * [`Error::Incomplete`] if there are no parts;
    /// * [`Error::NestedArray`] if a part shows an array;
    /// * what the parts would be refused for alone.
    pub fn build(self) -> Result<AggregateStatement<Self>, Error> {
        AggregateStatement::new(self)
    }
}

impl sealed::Sealed for Batch {}

impl Part for Batch {
    #[cfg(any(feature = "postgres", feature = "tokio-postgres"))]
    type Answer = super::answer::BatchAnswer;

    fn whose(&self) -> &Whose {
        &self.whose
    }

    fn write(&self, writer: &Writer<'_, '_>) -> Result<Written, Error> {
        const ROW: &str = "part_row";
        if self.parts.is_empty() {
            return Err(Error::Incomplete {
                what: "there is nothing in the batch",
                with: ".add(..)",
            });
        }
        let mut select = Query::select();
        let mut outputs = Vec::new();
        for (at, (id, part)) in self.parts.iter().enumerate() {
            let word = format!("part_{}", at + 1);
            let written = part.write(writer)?.checked()?;
            let mut arrays = Query::select();
            for output in written.outputs {
                let named = format!("{word}_{}", output.column.name);
                let name = match is_name(&named) {
                    true => named,
                    // Their own names may be as long as a name can be.
                    false => format!("{word}_column_{}", outputs.len() + 1),
                };
                let value = Expr::col((ROW.into_iden(), iden(&output.column.name)));
                arrays.expr_as(Func::cust("array_agg").arg(value), name.clone());
                select.expr(Expr::col((
                    word.clone().into_iden(),
                    name.clone().into_iden(),
                )));
                let data_type = output.column.data_type;
                let array = DataType::array_of(data_type).ok_or_else(|| Error::NestedArray {
                    name: output.column.name.clone(),
                })?;
                outputs.push(Output {
                    column: OutputColumn {
                        name: Cow::Owned(name),
                        data_type: array,
                        nullable: true,
                    },
                    value: OutputValue::OfPart(*id, Box::new(output)),
                });
            }
            arrays.from_subquery(written.select, ROW.into_iden());
            select.from_subquery(arrays, word.into_iden());
        }
        Ok(Written { select, outputs })
    }

    #[cfg(any(feature = "postgres", feature = "tokio-postgres"))]
    fn read(&self, cells: super::answer::Cells) -> Result<Self::Answer, Error> {
        Ok(super::answer::BatchAnswer { cells })
    }

    #[cfg(any(feature = "postgres", feature = "tokio-postgres"))]
    fn explain(&self, error: Error) -> Error {
        let mut parts = self.parts.iter();
        parts
            .try_fold(error, |error, (_, part)| match part.explain(error) {
                // What one part has explained, no other does.
                explained @ Error::MaterializedView(_) => Err(explained),
                error => Ok(error),
            })
            .unwrap_or_else(|explained| explained)
    }
}

impl fmt::Debug for Batch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Batch")
            .field("whose", &self.whose)
            .field("parts", &self.parts.len())
            .finish()
    }
}
