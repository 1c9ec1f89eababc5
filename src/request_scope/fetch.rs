//! Results of statements within a request.

use std::any::TypeId;
use std::sync::Arc;

use super::RequestScope;
use crate::aggregate::{AggregateStatement, Part};
use crate::driver::PageRows;
use crate::driver::wire::Row;
use crate::error::Error;
use crate::listing::PageStatement;
use crate::schema::Entity;
use crate::statement::Statement;

/// What a [`RequestScope`] fetches once: a page, an aggregate, a dashboard, a plain [`Statement`].
///
/// Implemented by the statements of this crate.
pub trait Fetch: sealed::Fetch {}

impl<F: sealed::Fetch> Fetch for F {}

/// What makes two statements the same to a scope: what they ask for, and as what the answer is read.
#[derive(PartialEq, Eq, Hash)]
pub struct StatementKey {
    read_as: TypeId,
    /// Text and values of each.
    asked: Vec<(String, String)>,
    shape: String,
}

impl StatementKey {
    /// Of statements whose answer `F` reads according to `shape`.
    pub(crate) fn new<'s, F: 'static>(
        statements: impl IntoIterator<Item = &'s Statement>,
        shape: String,
    ) -> Self {
        let statements = statements.into_iter();
        Self {
            read_as: TypeId::of::<F>(),
            // Values of other types, or of one type but different, are written differently; unlike numbers that are none,
            // the texts of equal ones are equal.
            asked: statements
                .map(|statement| {
                    let parameters = format!("{:?}", statement.parameters());
                    (statement.text().to_owned(), parameters)
                })
                .collect(),
            shape,
        }
    }
}

pub(crate) mod sealed {
    use super::{Error, StatementKey};

    /// Nobody else's.
    pub trait Fetch: Sync {
        /// What the answer is read into.
        type Answer: Send + Sync + 'static;

        #[doc(hidden)]
        fn key(&self) -> StatementKey;

        #[cfg(feature = "postgres")]
        #[doc(hidden)]
        fn run(
            &self,
            client: &mut impl crate::driver::postgres::Execute,
        ) -> Result<Self::Answer, Error>;

        #[cfg(feature = "tokio-postgres")]
        #[doc(hidden)]
        fn run_async(
            &self,
            client: &impl crate::driver::tokio_postgres::Execute,
        ) -> impl Future<Output = Result<Self::Answer, Error>> + Send;
    }
}

/// By the statement's own `fetch` and `fetch_async`.
macro_rules! by_its_own {
    ($run:ident, $run_async:ident) => {
        #[cfg(feature = "postgres")]
        fn run(
            &self,
            client: &mut impl $crate::driver::postgres::Execute,
        ) -> Result<Self::Answer, $crate::error::Error> {
            self.$run(client)
        }

        #[cfg(feature = "tokio-postgres")]
        async fn run_async(
            &self,
            client: &impl $crate::driver::tokio_postgres::Execute,
        ) -> Result<Self::Answer, $crate::error::Error> {
            self.$run_async(client).await
        }
    };
}
pub(crate) use by_its_own;

impl<E: Entity> sealed::Fetch for PageStatement<E> {
    type Answer = PageRows<E>;

    /// Pages of one text may count differently, and their handles may be others.
    fn key(&self) -> StatementKey {
        let shape = format!("{:?} {:?}", self.shape(), self.outputs());
        StatementKey::new::<Self>([self.statement()], shape)
    }

    by_its_own!(fetch, fetch_async);
}

impl<P: Part<Answer: Send + Sync> + Sync + 'static> sealed::Fetch for AggregateStatement<P> {
    type Answer = P::Answer;

    /// Outputs are what the answer is read by: those of another batch are another's.
    fn key(&self) -> StatementKey {
        StatementKey::new::<Self>([self.statement()], self.shape())
    }

    by_its_own!(fetch, fetch_async);
}

impl sealed::Fetch for Statement {
    type Answer = Vec<Row>;

    fn key(&self) -> StatementKey {
        StatementKey::new::<Self>([self], String::new())
    }

    by_its_own!(query, query_async);
}

impl RequestScope {
    /// The answer to a statement: kept, or fetched now and kept.
    ///
    /// # Errors
    ///
    /// Those of the statement's own `fetch`; nothing is kept then.
    #[cfg(feature = "postgres")]
    pub fn fetch<F: Fetch>(
        &self,
        client: &mut impl crate::driver::postgres::Execute,
        statement: &F,
    ) -> Result<Arc<F::Answer>, Error> {
        self.get_or_try_insert(statement.key(), || statement.run(client))
    }

    /// As `fetch`, through an asynchronous client.
    ///
    /// # Errors
    ///
    /// Those of the statement's own `fetch_async`; nothing is kept then.
    ///
    /// # Example
    ///
    /// ```no_run
    /// use pagewise::aggregate::{CombinedAggregate, Rows};
    /// use pagewise::chat::Session;
    /// use pagewise::RequestScope;
    ///
    /// # async fn example(client: &tokio_postgres::Client) -> Result<(), pagewise::Error> {
    /// let scope = RequestScope::new();
    /// let sessions = Rows::of(Session).count().named("sessions");
    /// let statement = CombinedAggregate::new().tenant(7).numbers(&sessions).build()?;
    /// let numbers = scope.fetch_async(client, &statement).await?;
    /// println!("{} sessions", numbers.get(&sessions)?);
    /// # Ok(())
    /// # }
    /// ```
    #[cfg(feature = "tokio-postgres")]
    pub async fn fetch_async<F: Fetch>(
        &self,
        client: &impl crate::driver::tokio_postgres::Execute,
        statement: &F,
    ) -> Result<Arc<F::Answer>, Error> {
        self.get_or_try_insert_async(statement.key(), || statement.run_async(client))
            .await
    }
}
