//! How values are spread: [`Histogram`].

use std::sync::Arc;

use sea_query::{Condition, Expr, ExprTrait, Func, IntoIden, JoinType, Order, Query};

use super::leaves::from_set;
use super::part::{
    AggregateStatement, Output, OutputValue, Part, Whose, Writer, Written, sealed, whose,
};
use super::rows::{Rows, RowsNode};
use super::set::ordinal;
use crate::annotation::Averaged;
use crate::error::Error;
use crate::expression::{Node, Operand};
use crate::predicate::PredicateNode;
use crate::render::{count_all, iden, select_as};
use crate::schema::{DataType, Entity, SqlType};
use crate::statement::OutputColumn;

/// So many bins a histogram has at most.
const MAX_BINS: u16 = 100;

/// How the values of rows are spread: so many bins of equal width between the least and the largest, and how many values are
/// in each.
///
/// A bin holds its start and not its end; the last holds both. NULL, NaN and infinities are in none. Without values there
/// are no bins. If all values are equal, the bins have no width, and all are in the last.
///
/// # Example
///
/// ```
/// use pagewise::aggregate::{Histogram, Rows};
/// use pagewise::chat::Session;
/// use pagewise::expression::minutes_between;
///
/// let minutes = minutes_between(Session::CREATED_AT, Session::ENDED_AT);
/// let statement = Histogram::of(&Rows::of(Session), minutes, 10).tenant(7).build()?;
/// # fn example(
/// #     client: &mut postgres::Client,
/// #     statement: pagewise::aggregate::AggregateStatement<Histogram>,
/// # ) -> Result<(), pagewise::Error> {
/// for bin in statement.fetch(client)? {
///     println!("{:.1} to {:.1}: {}", bin.start, bin.end, bin.count);
/// }
/// # Ok(())
/// # }
/// # Ok::<(), pagewise::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Histogram {
    whose: Whose,
    rows: Arc<RowsNode>,
    only: Option<PredicateNode>,
    value: Node,
    bins: u16,
}

impl Histogram {
    /// Of a value of the rows, in so many bins, 1 to 100.
    #[must_use]
    pub fn of<E, A>(rows: &Rows<E>, value: A, bins: u16) -> Self
    where
        E: Entity,
        A: Operand<E, Type: SqlType<Base: Averaged>>,
    {
        Self {
            whose: Whose::default(),
            rows: Arc::clone(&rows.node),
            only: rows.only.clone(),
            value: value.into_operand().node,
            bins,
        }
    }

    whose!();

    /// Makes the statement.
    ///
    /// # Errors
    ///
    /// * [`Error::TenantRequired`], [`Error::TenantType`] if the tenant is missing or of another type;
    /// * [`Error::Incomplete`], [`Error::TooMany`] if there are no bins, or too many;
    /// * [`Error::NulInText`], [`Error::TooDeep`] if a condition cannot be written.
    pub fn build(self) -> Result<AggregateStatement<Self>, Error> {
        AggregateStatement::new(self)
    }
}

/// The outputs.
const BIN: &str = "bin";
const BIN_START: &str = "bin_start";
const BIN_END: &str = "bin_end";
const COUNT: &str = "value_count";

impl sealed::Sealed for Histogram {}

impl Part for Histogram {
    #[cfg(any(feature = "postgres", feature = "tokio-postgres"))]
    type Answer = Vec<super::answer::Bin>;

    fn whose(&self) -> &Whose {
        &self.whose
    }

    fn write(&self, writer: &Writer<'_, '_>) -> Result<Written, Error> {
        const VALUE: &str = "value";
        const LEAST: &str = "least_value";
        const LARGEST: &str = "largest_value";
        let renderer = writer.0;
        if self.bins == 0 {
            return Err(Error::Incomplete {
                what: "a histogram has at least one bin",
                with: "Histogram::of(.., 10)",
            });
        }
        if self.bins > MAX_BINS {
            return Err(Error::TooMany {
                what: "bins of a histogram",
                asked: self.bins.into(),
                limit: MAX_BINS.into(),
                raise: "Groups",
            });
        }
        let values = from_set(
            renderer,
            &self.rows,
            self.only.as_ref(),
            None,
            |scope, select| {
                let value = renderer.expression(scope, &self.value)?;
                let value = value.cast_as(DataType::DoublePrecision.to_string());
                // Not true of NULL; NaN is above all else.
                select.and_where(
                    value
                        .clone()
                        .gt(Expr::cust("'-Infinity'::double precision")),
                );
                select.and_where(value.clone().lt(Expr::cust("'Infinity'::double precision")));
                select_as(select, value, &VALUE.into());
                Ok(())
            },
        )?;
        let values = iden(&renderer.name("histogram_values", values));
        let mut bounds = Query::select();
        bounds
            .expr_as(Func::min(Expr::col(VALUE)), LEAST)
            .expr_as(Func::max(Expr::col(VALUE)), LARGEST)
            .from(values.clone());
        let bounds = iden(&renderer.name("histogram_bounds", bounds));

        // They are part of the text, as a LIMIT is.
        let number = |number: u16| Expr::cust(number.to_string());
        let bins = || number(self.bins);
        let width = || {
            Expr::col(LARGEST)
                .sub(Expr::col(LEAST))
                .div(bins().cast_as(DataType::DoublePrecision.to_string()))
        };
        let whole =
            Func::cust("NULLIF").args([Expr::col(LARGEST).sub(Expr::col(LEAST)), number(0)]);
        let place = Expr::col(VALUE)
            .sub(Expr::col(LEAST))
            .mul(bins())
            .div(whole);
        let place = Expr::from(Func::cust("floor").arg(place))
            .cast_as(DataType::Integer.to_string())
            .add(number(1));
        let place = Func::coalesce([Func::cust("LEAST").args([place, bins()]).into(), bins()]);
        let mut counts = Query::select();
        counts
            .expr_as(place, BIN)
            .expr_as(count_all(), COUNT)
            .from(values)
            .from(bounds.clone())
            .add_group_by([ordinal(1)]);

        let bin = || Expr::col(("bins", "bins"));
        let before = |bin: Expr| Expr::col(LEAST).add(bin.mul(width()));
        let all = Func::cust("generate_series").args([number(1), bins()]);
        let mut select = Query::select();
        select
            .expr_as(bin(), BIN)
            .expr_as(before(bin().sub(number(1))), BIN_START)
            .expr_as(before(bin()), BIN_END)
            .expr_as(
                Func::coalesce([Expr::col(("counts", COUNT)), number(0)]),
                COUNT,
            )
            .from_function(all, "bins".into_iden())
            .join(JoinType::InnerJoin, bounds, Condition::all())
            .join_subquery(
                JoinType::LeftJoin,
                counts,
                "counts",
                Expr::col(("counts", BIN)).eq(bin()),
            )
            .and_where(Expr::col(LEAST).is_not_null())
            .order_by_expr(ordinal(1), Order::Asc);
        let output = |name: &'static str, data_type: DataType| Output {
            column: OutputColumn {
                name: name.into(),
                data_type,
                nullable: false,
            },
            value: OutputValue::Own,
        };
        Ok(Written {
            select,
            outputs: vec![
                output(BIN, DataType::Integer),
                output(BIN_START, DataType::DoublePrecision),
                output(BIN_END, DataType::DoublePrecision),
                output(COUNT, DataType::BigInt),
            ],
        })
    }

    #[cfg(any(feature = "postgres", feature = "tokio-postgres"))]
    fn read(&self, cells: super::answer::Cells) -> Result<Self::Answer, Error> {
        let bins = (0..cells.len()).map(|row| {
            Ok(super::answer::Bin {
                start: cells.cell(row, 1)?,
                end: cells.cell(row, 2)?,
                count: cells.cell(row, 3)?,
            })
        });
        bins.collect()
    }
}
