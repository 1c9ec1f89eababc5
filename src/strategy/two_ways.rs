//! What can be had in both ways: [`TwoWays`].

use std::borrow::Cow;
use std::sync::Arc;

use sea_query::Value;

use super::Strategy;
use super::shown::{Shown, ShownTable};
use crate::aggregate::{AggregateStatement, Part};
use crate::driver::wire::Row;
use crate::driver::{PageRows, estimated_rows, value};
use crate::error::Error;
use crate::listing::{Listing, PageStatement};
use crate::schema::Entity;

/// What a [`Shadow`](super::Shadow) and a [`Guard`](super::Guard) run: something that is built in both ways.
///
/// A [`Listing`], each builder of [`aggregate`](crate::aggregate), a
/// [`Dashboard`](crate::chat::dashboard::Dashboard).
pub trait TwoWays: sealed::Sealed {
    /// What its statement's `fetch` gives.
    type Answer;

    #[doc(hidden)]
    type Statement: Runs<Answer = Self::Answer>;

    /// Which way it would be built now.
    #[doc(hidden)]
    fn chosen(&self) -> Strategy;

    /// Its statement, this way.
    #[doc(hidden)]
    fn one_way(&self, strategy: Strategy) -> Result<Self::Statement, Error>;
}

/// A statement, or several, that a driver runs.
#[doc(hidden)]
pub trait Runs {
    type Answer;

    /// What is run, in this order.
    fn queries(&self) -> Vec<(Cow<'_, str>, &[Value])>;

    /// Reads the answers, one for each.
    fn read(&self, answers: Vec<Vec<Row>>) -> Result<Self::Answer, Error>;

    /// The same, with what it shows.
    fn read_shown(
        &self,
        answers: Vec<Vec<Row>>,
    ) -> Result<(Self::Answer, Result<Shown, Error>), Error>;

    /// What an error of the server's means.
    fn explain(&self, error: Error) -> Error;
}

pub(crate) mod sealed {
    /// Nobody else's.
    pub trait Sealed {}
}

impl<E: Entity> sealed::Sealed for Listing<E> {}

impl<E: Entity> TwoWays for Listing<E> {
    type Answer = PageRows<E>;
    type Statement = PageStatement<E>;

    fn chosen(&self) -> Strategy {
        self.chosen_strategy()
    }

    fn one_way(&self, strategy: Strategy) -> Result<PageStatement<E>, Error> {
        self.build_as(strategy)
    }
}

impl<E> Runs for PageStatement<E> {
    type Answer = PageRows<E>;

    fn queries(&self) -> Vec<(Cow<'_, str>, &[Value])> {
        let page = self.statement();
        let page = (page.text().into(), page.parameters());
        let estimate = self
            .estimate()
            .map(|rows| (rows.explained("").into(), rows.parameters()));
        std::iter::once(page).chain(estimate).collect()
    }

    fn read(&self, answers: Vec<Vec<Row>>) -> Result<PageRows<E>, Error> {
        let mut answers = answers.into_iter();
        let rows = answers.next().unwrap_or_default();
        let estimate = answers.next().map(|answer| estimated_rows(&answer));
        PageRows::read(self, rows, estimate.transpose()?)
    }

    fn read_shown(
        &self,
        answers: Vec<Vec<Row>>,
    ) -> Result<(PageRows<E>, Result<Shown, Error>), Error> {
        let rows = self.read(answers)?;
        let shown = page(&rows, self);
        Ok((rows, shown))
    }

    fn explain(&self, error: Error) -> Error {
        error
    }
}

/// The cursors are those of its first and its last row: that they are there is what is left to be compared.
fn page<E>(rows: &PageRows<E>, statement: &PageStatement<E>) -> Result<Shown, Error> {
    let columns = statement.shape().values.len();
    let outputs = statement.outputs().get(..columns).unwrap_or_default();
    let cells = rows.iter().map(|row| cells(row.as_inner(), outputs));
    let table = ShownTable::of("page", outputs)
        .rows(cells.collect::<Result<Vec<_>, _>>()?)
        .total(rows.total())
        .has_next(rows.next_cursor().is_some())
        .has_previous(rows.previous_cursor().is_some());
    Ok(table.into())
}

fn cells(row: &Row, outputs: &[crate::statement::OutputColumn]) -> Result<Vec<Value>, Error> {
    let columns = outputs.iter().enumerate();
    columns
        .map(|(at, output)| value(row, outputs, at, output.data_type))
        .collect()
}

impl<P: Part> sealed::Sealed for P {}

impl<P: Part> TwoWays for P {
    type Answer = P::Answer;
    type Statement = AggregateStatement<P>;

    fn chosen(&self) -> Strategy {
        self.whose().choice.strategy()
    }

    fn one_way(&self, strategy: Strategy) -> Result<AggregateStatement<P>, Error> {
        AggregateStatement::new_as(self.clone(), strategy)
    }
}

impl<P: Part> Runs for AggregateStatement<P> {
    type Answer = P::Answer;

    fn queries(&self) -> Vec<(Cow<'_, str>, &[Value])> {
        let statement = self.statement();
        vec![(statement.text().into(), statement.parameters())]
    }

    fn read(&self, answers: Vec<Vec<Row>>) -> Result<P::Answer, Error> {
        AggregateStatement::read(self, answers.into_iter().next().unwrap_or_default())
    }

    fn read_shown(
        &self,
        answers: Vec<Vec<Row>>,
    ) -> Result<(P::Answer, Result<Shown, Error>), Error> {
        let rows = answers.into_iter().next().unwrap_or_default();
        let outputs = Arc::clone(&self.statement().shared_outputs());
        let cells = rows.iter().map(|row| cells(row, &outputs));
        let cells = cells.collect::<Result<Vec<_>, _>>();
        let shown = cells.map(|cells| ShownTable::of("answer", &outputs).rows(cells).into());
        Ok((AggregateStatement::read(self, rows)?, shown))
    }

    fn explain(&self, error: Error) -> Error {
        AggregateStatement::explain(self, error)
    }
}
