//! Many numbers in one statement: [`CombinedAggregate`].

use sea_query::Query;

use super::leaves::Leaves;
use super::number::{NumberList, NumberValue, Numbers};
use super::part::{
    AggregateStatement, Output, OutputValue, Part, Whose, Writer, Written, sealed, whose,
};
use crate::annotation::aggregate;
use crate::error::Error;
use crate::render::{iden, select_as};
use crate::statement::OutputColumn;

/// Numbers over any rows, in one statement of one row: each set of rows is read once, whatever is computed of it.
///
/// A number never depends on which others stand beside it: sets of rows are never joined to one another.
///
/// # Example
///
/// ```
/// use pagewise::aggregate::{CombinedAggregate, Rows};
/// use pagewise::chat::{Experiment, Session};
///
/// let sessions = Rows::of(Session);
/// let total = sessions.count().named("sessions");
/// let participants = sessions.count_distinct(Session::PARTICIPANT_ID).named("participants");
/// let per_participant = total.per(&participants, 0.0).named("sessions_per_participant");
/// let bots = Rows::of(Experiment).filter(Experiment::IS_ARCHIVED.eq(false)).count().named("chatbots");
///
/// let statement = CombinedAggregate::new()
///     .tenant(7)
///     .numbers((&total, &participants, &per_participant, &bots))
///     .build()?;
/// println!("{statement:#}");
/// # fn example(
/// #     client: &mut postgres::Client,
/// #     statement: pagewise::aggregate::AggregateStatement<CombinedAggregate>,
/// #     total: pagewise::aggregate::Number<i64>,
/// # ) -> Result<(), pagewise::Error> {
/// let answer = statement.fetch(client)?;
/// let total: i64 = answer.get(&total)?;
/// # Ok(())
/// # }
/// # Ok::<(), pagewise::Error>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct CombinedAggregate {
    whose: Whose,
    numbers: NumberList,
}

impl CombinedAggregate {
    /// Without numbers yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    whose!();

    /// Computes numbers: one, a tuple, or a list.
    #[must_use]
    pub fn numbers(mut self, numbers: impl Numbers) -> Self {
        self.numbers.add(numbers);
        self
    }

    /// Makes the statement.
    ///
    /// # Errors
    ///
    /// * [`Error::TenantRequired`], [`Error::TenantType`] if the tenant is missing or of another type;
    /// * [`Error::Incomplete`] if there are no numbers;
    /// * [`Error::DuplicateName`], [`Error::InvalidName`] if a number cannot be called as it is;
    /// * [`Error::NulInText`], [`Error::TooDeep`] if a condition cannot be written.
    pub fn build(self) -> Result<AggregateStatement<Self>, Error> {
        AggregateStatement::new(self)
    }
}

impl sealed::Sealed for CombinedAggregate {}

impl Part for CombinedAggregate {
    #[cfg(any(feature = "postgres", feature = "tokio-postgres"))]
    type Answer = super::answer::AggregateRow;

    fn whose(&self) -> &Whose {
        &self.whose
    }

    fn write(&self, writer: &Writer<'_, '_>) -> Result<Written, Error> {
        let renderer = writer.0;
        let numbers = &self.numbers.0;
        if numbers.is_empty() {
            return Err(Error::Incomplete {
                what: "no number was asked for",
                with: ".numbers(..)",
            });
        }
        let leaves = Leaves::new(renderer, numbers.iter().map(AsRef::as_ref), &[]);
        let is_plain = |number: &&std::sync::Arc<super::number::NumberNode>| {
            matches!(number.value, NumberValue::Aggregate(_))
        };
        let select = match leaves.0.as_slice() {
            // All from one set, and as they are: nothing is to be put around it.
            [leaf] if numbers.iter().all(|number| is_plain(&number)) => {
                super::leaves::from_set(renderer, leaf.rows, None, None, |scope, select| {
                    for number in numbers {
                        if let NumberValue::Aggregate(of) = &number.value {
                            let only = of.only.as_ref();
                            let value = aggregate(renderer, scope, &of.aggregate, only)?;
                            select.expr_as(value, iden(&number.name));
                        }
                    }
                    Ok(())
                })?
            }
            leaves_of => {
                let mut select = Query::select();
                for number in numbers {
                    select_as(&mut select, leaves.number(number, false), &number.name);
                }
                for leaf in leaves_of {
                    select.from_subquery(leaf.select(renderer, &[], None)?, iden(&leaf.word));
                }
                select
            }
        };
        let outputs = numbers.iter().map(Output::of_number).collect();
        Ok(Written { select, outputs })
    }

    #[cfg(any(feature = "postgres", feature = "tokio-postgres"))]
    fn read(&self, cells: super::answer::Cells) -> Result<Self::Answer, Error> {
        if cells.len() != 1 {
            return Err(super::answer::unexpected("numbers are one row"));
        }
        Ok(super::answer::AggregateRow { cells, row: 0 })
    }
}

impl Output {
    pub(crate) fn of_number(number: &std::sync::Arc<super::number::NumberNode>) -> Self {
        Self {
            column: OutputColumn {
                name: number.name.clone(),
                data_type: number.data_type,
                nullable: number.nullable,
            },
            value: OutputValue::Number(std::sync::Arc::clone(number)),
        }
    }
}
