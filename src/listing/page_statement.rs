//! The statement of one page, and what is needed to read its answer.

use std::fmt;
use std::marker::PhantomData;
use std::ops::Deref;
use std::sync::Arc;

use sea_query::{SelectStatement, Value};

use super::outputs::TOTAL;
use super::page::{Position, Total};
use super::request::Request;
use super::{Cursor, CursorError, cursor, total};
use crate::error::Error;
use crate::expression::Node;
use crate::report::Report;
use crate::schema::DataType;
use crate::statement::{OutputColumn, Statement};
use crate::strategy::Strategy;

/// The statement of one page of a listing of `E`; made by [`Listing::build`](super::Listing::build).
///
/// It is a [`Statement`] (by `Deref`), printed as one, and run by `fetch` (feature `postgres`) or `fetch_async`
/// (feature `tokio-postgres`).
///
/// # With another driver
///
/// Run [`text`](Statement::text) with [`parameters`](Statement::parameters), and read the
/// [`outputs`](Statement::outputs). The answer has up to one row more than the page: if it is there, so is a next page
/// (a page before a cursor: the row is the first, and there is a page before it). Beside a total, which is the last
/// output, an empty page is one row whose other outputs are NULL. [`cursor`](Self::cursor) makes the cursor of a row.
#[derive(Clone)]
pub struct PageStatement<E> {
    statement: Statement,
    estimate: Option<Statement>,
    strategy: Strategy,
    report: Report,
    shape: PageShape,
    marker: PhantomData<fn() -> E>,
}

/// How to read the answer to a page's statement.
#[derive(Clone, Debug)]
#[cfg_attr(
    not(any(feature = "postgres", feature = "tokio-postgres")),
    expect(dead_code, reason = "read by the drivers")
)]
pub(crate) struct PageShape {
    pub size: usize,
    pub total: Total,
    /// Read from its end: the row too many is the first.
    pub backward: bool,
    /// There are rows before the first, or after the last of a page that is read from its end.
    pub begins_within: bool,
    /// The columns of the sort keys.
    pub orders: Vec<(usize, DataType)>,
    /// The fingerprint of the order, for cursors.
    pub fingerprint: u64,
    /// What each column is, the total apart.
    pub values: Arc<[Node]>,
    /// What the page's cursor has of types that only the server knows.
    pub of_cursor: Arc<[String]>,
}

impl<E> PageStatement<E> {
    pub(super) fn new(
        request: &Request<'_>,
        select: SelectStatement,
        strategy: Strategy,
    ) -> Result<Self, Error> {
        let page = request.page;
        let mut outputs: Vec<OutputColumn> = request
            .outputs
            .columns
            .iter()
            .map(|output| output.column.clone())
            .collect();
        if page.is_counted() {
            outputs.push(OutputColumn {
                name: TOTAL.into(),
                data_type: DataType::BigInt,
                nullable: false,
            });
        }
        let orders = request
            .outputs
            .orders
            .iter()
            .map(|at| (*at, request.outputs.columns[*at].column.data_type))
            .collect();
        let shape = PageShape {
            size: page.size as usize,
            total: page.total,
            backward: page.is_backward(),
            begins_within: match page.position {
                Position::Offset(offset) => offset > 0,
                Position::After(_) | Position::Before(_) => true,
                Position::End => false,
            },
            orders,
            fingerprint: cursor::fingerprint(request.definition, &request.orders),
            values: request
                .outputs
                .columns
                .iter()
                .map(|output| output.node.clone())
                .collect(),
            of_cursor: match &page.position {
                Position::After(cursor) | Position::Before(cursor) => {
                    cursor.texts_of(&request.orders)
                }
                Position::Offset(_) | Position::End => Arc::default(),
            },
        };
        let estimate = total::estimate(request)?.map(|select| Statement::new(select, Vec::new()));
        let statement = Statement::new(select, outputs);
        Ok(Self {
            statement,
            estimate,
            strategy,
            report: request.forms.report.clone(),
            shape,
            marker: PhantomData,
        })
    }

    /// The statement.
    #[must_use]
    pub fn statement(&self) -> &Statement {
        &self.statement
    }

    /// Which way it goes.
    #[must_use]
    pub fn strategy(&self) -> Strategy {
        self.strategy
    }

    /// What was decided, and why: the order of the filters of a [`FilterPipeline`](crate::filter::FilterPipeline), as its
    /// own [`report`](crate::filter::FilterPipeline::report) has it; then in which form conditions on
    /// [`Links`](crate::Links) are written, for the page and for the total; and then in which form the values are computed
    /// that the rows are sorted by ([`OrderForm`](super::OrderForm)), or, with a [`Catalog`](crate::Catalog), which index has
    /// the rows in order. Empty where there was nothing to decide.
    #[must_use]
    pub fn report(&self) -> &Report {
        &self.report
    }

    /// What is to be run under `EXPLAIN` for the estimate of [`Total::Estimated`]: the planner's guess stands in
    /// the first line, as `rows=..`. `None` for every other total.
    #[must_use]
    pub fn estimate(&self) -> Option<&Statement> {
        self.estimate.as_ref()
    }

    /// The outputs by which the rows are sorted, in the order of the sort keys.
    pub fn sort_keys(&self) -> impl Iterator<Item = &OutputColumn> {
        let outputs = self.statement.outputs();
        self.shape
            .orders
            .iter()
            .filter_map(|(at, _)| outputs.get(*at))
    }

    /// The cursor of a row, by the values of its [`sort_keys`](Self::sort_keys): for a driver that pagewise has no
    /// feature for. NULL of any type stands for NULL.
    ///
    /// # Errors
    ///
    /// [`Error::Cursor`] if the values are not those of the sort keys.
    ///
    /// # Example
    ///
    /// ```
    /// use pagewise::chat::Session;
    /// use pagewise::schema::SqlType;
    /// use pagewise::{Listing, Page};
    ///
    /// let listing = Listing::of(Session).tenant(7).order_by(Session::STATUS.asc());
    /// let page = listing.clone().page(Page::first(25)).build()?;
    /// let keys: Vec<_> = page.sort_keys().map(|output| output.name.as_ref()).collect();
    /// assert_eq!(keys, ["status", "id"]);
    ///
    /// let after = page.cursor(["active".to_owned().into_value(), 143_i64.into_value()])?;
    /// let next = listing.page(Page::after(after, 25)).build()?;
    /// # Ok::<(), pagewise::Error>(())
    /// ```
    pub fn cursor(&self, values: impl IntoIterator<Item = Value>) -> Result<Cursor, Error> {
        let values: Vec<_> = values.into_iter().collect();
        let mut keys = self.sort_keys().zip(&values);
        let fit = keys.all(|(key, value)| match cursor::is_null(value) {
            true => key.nullable,
            false => key.data_type.fits(value),
        });
        if !fit || values.len() != self.shape.orders.len() {
            return Err(CursorError::OtherOrder.into());
        }
        Ok(Cursor::new(self.shape.fingerprint, values))
    }

    #[cfg(any(feature = "postgres", feature = "tokio-postgres"))]
    pub(crate) fn shape(&self) -> &PageShape {
        &self.shape
    }

    /// What the server refuses of the cursor, which only it can tell: a text that an enumeration or a domain does not have.
    #[cfg(any(feature = "postgres", feature = "tokio-postgres"))]
    pub(crate) fn explain(&self, error: Error) -> Error {
        use crate::driver::message::is_about;
        use crate::driver::wire::error::SqlState;
        let refused = match &error {
            Error::Database { source, .. } => source.as_db_error(),
            _ => None,
        };
        let mut texts = self.shape.of_cursor.iter();
        let is_of_cursor = refused.is_some_and(|refused| match *refused.code() {
            SqlState::INVALID_TEXT_REPRESENTATION => {
                texts.any(|text| text.is_empty() || is_about(refused.message(), text))
            }
            // That message does not say which value it was.
            SqlState::CHECK_VIOLATION => texts.next().is_some(),
            _ => false,
        });
        match is_of_cursor {
            true => CursorError::Malformed.into(),
            false => error,
        }
    }
}

impl<E> Deref for PageStatement<E> {
    type Target = Statement;
    fn deref(&self) -> &Statement {
        &self.statement
    }
}

impl<E> fmt::Display for PageStatement<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.statement.fmt(f)
    }
}

impl<E> fmt::Debug for PageStatement<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PageStatement")
            .field("text", &self.statement.text())
            .field("parameters", &self.statement.parameters())
            .field("shape", &self.shape)
            .finish_non_exhaustive()
    }
}
