//! What a statement may be made of: [`Part`], and the statement of one, [`AggregateStatement`].

#![cfg_attr(
    not(any(feature = "postgres", feature = "tokio-postgres")),
    expect(dead_code, reason = "answers are read by the drivers")
)]

use std::cell::RefCell;
use std::fmt;
use std::ops::Deref;
use std::sync::Arc;

use sea_query::SelectStatement;

use super::batch::PartId;
use super::number::NumberNode;
use crate::error::Error;
use crate::expression::Node;
use crate::render::{Renderer, is_name};
use crate::schema::Tenant;
use crate::statement::{OutputColumn, Statement};
use crate::strategy::{Choice, Strategy};

/// As many links as are found without a second thought; of no use without LIMIT.
const FEW_LINKS: u32 = 1_000;

/// A part of a dashboard that is computed by one sub-select, alone or beside others: numbers, a series, groups, a table.
///
/// Implemented by the builders of this module.
pub trait Part: Clone + sealed::Sealed {
    /// What its answer is read into.
    #[cfg(any(feature = "postgres", feature = "tokio-postgres"))]
    type Answer;

    /// Whose rows it reads, unless it is put into a [`Batch`](super::Batch).
    #[doc(hidden)]
    fn whose(&self) -> &Whose;

    /// Writes the sub-select.
    #[doc(hidden)]
    fn write(&self, writer: &Writer<'_, '_>) -> Result<Written, Error>;

    /// Reads the answer.
    #[cfg(any(feature = "postgres", feature = "tokio-postgres"))]
    #[doc(hidden)]
    fn read(&self, cells: super::answer::Cells) -> Result<Self::Answer, Error>;

    /// What an error of the server's means to the part, if it can be told from it.
    #[cfg(any(feature = "postgres", feature = "tokio-postgres"))]
    #[doc(hidden)]
    fn explain(&self, error: Error) -> Error {
        error
    }
}

/// Whose rows a part reads when it is alone, and which way it goes.
#[doc(hidden)]
#[derive(Clone, Debug, Default)]
pub struct Whose {
    pub(crate) tenant: Option<Tenant>,
    pub(crate) choice: Choice,
}

/// The methods of each builder that say whose rows are read, and how.
macro_rules! whose {
    () => {
        /// Whose rows are read. In a [`Batch`](crate::aggregate::Batch), the batch says it for all of its parts.
        #[must_use]
        pub fn tenant(mut self, tenant: impl Into<crate::schema::Tenant>) -> Self {
            self.whose.tenant = Some(tenant.into());
            self
        }

        /// [`Strategy::Legacy`](crate::Strategy::Legacy) shares nothing: each number is a sub-select of its own.
        #[must_use]
        pub fn strategy(mut self, strategy: crate::strategy::Strategy) -> Self {
            self.whose.choice.set(strategy);
            self
        }

        /// Which way, as a switch says when the statement is built, if [`strategy`](Self::strategy) does not. In a
        /// [`Batch`](crate::aggregate::Batch), the batch says it for all of its parts.
        #[must_use]
        pub fn switch(mut self, switch: impl Into<crate::strategy::SwitchHandle>) -> Self {
            self.whose.choice.follow(switch.into());
            self
        }

        /// As [`build`](Self::build), this way, whatever the builder and its switch say.
        ///
        /// # Errors
        ///
        /// As [`build`](Self::build).
        pub fn build_as(
            self,
            strategy: crate::strategy::Strategy,
        ) -> Result<crate::aggregate::AggregateStatement<Self>, crate::error::Error> {
            crate::aggregate::AggregateStatement::new_as(self, strategy)
        }
    };
}
pub(crate) use whose;

pub(crate) mod sealed {
    /// Nobody else's.
    pub trait Sealed {}
}

/// Writes parts of a statement.
#[doc(hidden)]
pub struct Writer<'w, 'a>(pub(crate) &'w Renderer<'a>);

/// A part as it is written.
#[doc(hidden)]
pub struct Written {
    pub(crate) select: SelectStatement,
    pub(crate) outputs: Vec<Output>,
}

/// An output of a part, and what it is.
#[derive(Clone, Debug)]
pub(crate) struct Output {
    pub column: OutputColumn,
    pub value: OutputValue,
}

/// What an output is: by it the value is read.
#[derive(Clone, Debug)]
pub(crate) enum OutputValue {
    Number(Arc<NumberNode>),
    Node(Node),
    /// What only the part itself reads.
    Own,
    /// All values of an output of a part, in an array.
    OfPart(PartId, Box<Output>),
}

impl Written {
    /// Refuses names that cannot be, or that two outputs have.
    pub(super) fn checked(self) -> Result<Self, Error> {
        for (position, output) in self.outputs.iter().enumerate() {
            let name = &output.column.name;
            if !is_name(name) {
                return Err(Error::InvalidName { name: name.clone() });
            }
            let before = &self.outputs[..position];
            if before.iter().any(|other| other.column.name == *name) {
                return Err(Error::DuplicateName { name: name.clone() });
            }
        }
        Ok(self)
    }
}

/// The statement of a part of a dashboard, or of a whole one; made by the builders of this module.
///
/// It is a [`Statement`] (by `Deref`), printed as one, and run by `fetch` (feature `postgres`) or `fetch_async`
/// (feature `tokio-postgres`). With any other driver, run [`text`](Statement::text) with
/// [`parameters`](Statement::parameters), and read the [`outputs`](Statement::outputs).
#[derive(Clone)]
pub struct AggregateStatement<P> {
    statement: Statement,
    strategy: Strategy,
    part: P,
    outputs: Arc<[Output]>,
}

impl<P: Part> AggregateStatement<P> {
    pub(crate) fn new(part: P) -> Result<Self, Error> {
        let strategy = part.whose().choice.strategy();
        Self::new_as(part, strategy)
    }

    pub(crate) fn new_as(part: P, strategy: Strategy) -> Result<Self, Error> {
        let whose = part.whose();
        let renderer = Renderer::new(whose.tenant.as_ref(), FEW_LINKS);
        let (select, outputs) = written(&part, &renderer, strategy)?;
        let columns = outputs.iter().map(|output| output.column.clone()).collect();
        Ok(Self {
            statement: Statement::new(select, columns),
            strategy,
            part,
            outputs: outputs.into(),
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

    /// What its rows would be found by.
    #[cfg(feature = "plan")]
    pub(crate) fn want(&self, wants: &mut crate::plan::Wants) -> Result<(), Error> {
        let whose = self.part.whose();
        let renderer = Renderer::new(whose.tenant.as_ref(), FEW_LINKS);
        let _written = written(&self.part, &renderer, self.strategy)?;
        for rows in renderer.rows_read() {
            wants.rows_of_set(&rows);
        }
        Ok(())
    }
}

/// The statement of a part, and what its outputs are.
fn written<P: Part>(
    part: &P,
    renderer: &Renderer<'_>,
    strategy: Strategy,
) -> Result<(SelectStatement, Vec<Output>), Error> {
    let outputs = RefCell::new(Vec::new());
    let write = || {
        let written = part.write(&Writer(renderer))?.checked()?;
        outputs.replace(written.outputs);
        Ok(written.select)
    };
    let select = match strategy {
        Strategy::Optimized => renderer.statement(write)?,
        Strategy::Legacy => renderer.statement(|| renderer.apart(write))?,
    };
    Ok((select, outputs.into_inner()))
}

#[cfg(any(feature = "postgres", feature = "tokio-postgres"))]
impl<P: Part> AggregateStatement<P> {
    /// Reads the rows that the statement gives, for a driver that pagewise has no `fetch` for but whose rows are those of
    /// `tokio-postgres`.
    ///
    /// # Errors
    ///
    /// [`Error::UnexpectedAnswer`] and [`Error::Database`] if they are another statement's.
    pub fn read(&self, rows: Vec<crate::driver::wire::Row>) -> Result<P::Answer, Error> {
        self.part
            .read(super::answer::Cells::rows(rows, Arc::clone(&self.outputs)))
    }

    /// What the answer is read by, in words: equal if equal.
    pub(crate) fn shape(&self) -> String {
        format!("{:?}", self.outputs)
    }

    /// What an error of the server's means, if it can be told from it.
    pub(crate) fn explain(&self, error: Error) -> Error {
        self.part
            .explain(super::answer::explain(error, self.statement.parameters()))
    }
}

impl<P> Deref for AggregateStatement<P> {
    type Target = Statement;
    fn deref(&self) -> &Statement {
        &self.statement
    }
}

impl<P> fmt::Display for AggregateStatement<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.statement.fmt(f)
    }
}

impl<P> fmt::Debug for AggregateStatement<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AggregateStatement")
            .field("text", &self.statement.text())
            .field("parameters", &self.statement.parameters())
            .finish_non_exhaustive()
    }
}
