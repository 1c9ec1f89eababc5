//! Resolving through a driver: of those who miss the same set, one asks.

use std::sync::Arc;

use super::answer::{Answer, names};
use super::cache::Generation;
use super::name::Name;
use super::{ContentTypeSet, ContentTypes, Names};
use crate::driver::wire::Row;
use crate::error::Error;
use crate::flight::{Claim, Flights, Lead, Wait};

/// What is asked for: since when, and which names. What was asked before the cache was told to forget is another question.
type Question = (Generation, Box<[Name]>);

/// The questions that are under way.
pub(super) type Questions = Flights<Question, Arc<Answer>>;

/// What there is to do for a set that was missed.
enum Next<Ids> {
    /// It is known by now.
    Known(Ids),
    Ask(Asking),
    Wait(Wait<Arc<Answer>>),
}

/// The right to ask.
struct Asking {
    generation: Generation,
    lead: Lead<Question, Arc<Answer>>,
}

impl ContentTypes {
    /// The numbers of a set: from the cache, else by one query for all of it, by one of those who ask at the same time.
    ///
    /// Resolved at the start of a service, a set is known when the first request comes, and a name that the database has
    /// not is told then.
    ///
    /// Not in a transaction that makes content types itself: what it reads is remembered, also if it rolls back.
    ///
    /// # Errors
    ///
    /// [`Error::UnknownContentTypes`] names those that the database has not; [`Error::Database`].
    #[cfg(feature = "postgres")]
    pub fn resolve<S: ContentTypeSet + ?Sized>(
        &self,
        client: &mut impl crate::driver::postgres::Execute,
        set: &S,
    ) -> Result<S::Ids, Error> {
        if let Some(ids) = self.known(set) {
            return Ok(ids);
        }
        loop {
            match self.next(set) {
                Next::Known(ids) => return Ok(ids),
                Next::Ask(asking) => {
                    let answer = read(&Self::statement(set)?.query(client)?)?;
                    return self.answered(asking, set, answer);
                }
                Next::Wait(wait) => {
                    if let Some(answer) = wait.wait() {
                        return answer.find(set);
                    }
                }
            }
        }
    }

    /// As `resolve`, through an asynchronous client. Who waits for another's answer blocks no thread; cancelled, whoever
    /// asks lets another one ask.
    ///
    /// # Errors
    ///
    /// [`Error::UnknownContentTypes`] names those that the database has not; [`Error::Database`].
    #[cfg(feature = "tokio-postgres")]
    pub async fn resolve_async<S: ContentTypeSet + ?Sized>(
        &self,
        client: &impl crate::driver::tokio_postgres::Execute,
        set: &S,
    ) -> Result<S::Ids, Error> {
        if let Some(ids) = self.known(set) {
            return Ok(ids);
        }
        loop {
            let wait = match self.next(set) {
                Next::Known(ids) => return Ok(ids),
                Next::Ask(asking) => {
                    let answer = read(&Self::statement(set)?.query_async(client).await?)?;
                    return self.answered(asking, set, answer);
                }
                Next::Wait(wait) => wait,
            };
            if let Some(answer) = wait.await {
                return answer.find(set);
            }
        }
    }

    /// The numbers of content types that are known by name only when the program runs, in the order of the names: as
    /// `resolve` of [`Names`].
    ///
    /// # Errors
    ///
    /// [`Error::UnknownContentTypes`] names those that the database has not; [`Error::Database`];
    /// [`Error::NulInText`] if a name contains NUL.
    ///
    /// # Example
    ///
    /// ```no_run
    /// # fn example(client: &mut postgres::Client) -> Result<(), pagewise::Error> {
    /// let types = pagewise::ContentTypes::default();
    /// let ids = types.resolve_names(client, &[("chat", "chat"), ("chat", "chatmessage")])?;
    /// let (chat, message) = (ids[0], ids[1]);
    /// # Ok(())
    /// # }
    /// ```
    #[cfg(feature = "postgres")]
    pub fn resolve_names<A: AsRef<str>, M: AsRef<str>>(
        &self,
        client: &mut impl crate::driver::postgres::Execute,
        names: &[(A, M)],
    ) -> Result<Vec<i32>, Error> {
        self.resolve(client, &Names(names))
    }

    /// As `resolve_names`, through an asynchronous client.
    ///
    /// # Errors
    ///
    /// As `resolve_names`.
    #[cfg(feature = "tokio-postgres")]
    pub async fn resolve_names_async<A: AsRef<str>, M: AsRef<str>>(
        &self,
        client: &impl crate::driver::tokio_postgres::Execute,
        names: &[(A, M)],
    ) -> Result<Vec<i32>, Error> {
        self.resolve_async(client, &Names(names)).await
    }

    /// Reads all content types, so that the first request finds them known; how many there are.
    ///
    /// What is known stays: of more than the cache has room for, some are left out. For a few, `resolve` them at the
    /// start: that also tells which the database has not.
    ///
    /// # Errors
    ///
    /// [`Error::Database`].
    #[cfg(feature = "postgres")]
    pub fn warm_up(
        &self,
        client: &mut impl crate::driver::postgres::Execute,
    ) -> Result<usize, Error> {
        let generation = self.generation();
        let rows = Self::statement_of_all()?.query(client)?;
        Ok(self.learn_all(generation, read(&rows)?))
    }

    /// As `warm_up`, through an asynchronous client.
    ///
    /// # Errors
    ///
    /// [`Error::Database`].
    #[cfg(feature = "tokio-postgres")]
    pub async fn warm_up_async(
        &self,
        client: &impl crate::driver::tokio_postgres::Execute,
    ) -> Result<usize, Error> {
        let generation = self.generation();
        let rows = Self::statement_of_all()?.query_async(client).await?;
        Ok(self.learn_all(generation, read(&rows)?))
    }

    fn next<S: ContentTypeSet + ?Sized>(&self, set: &S) -> Next<S::Ids> {
        let generation = self.generation();
        // Those who ask for the same in another order ask for the same.
        let mut names = names(set);
        names.sort();
        match self.flights.claim((generation, names.into())) {
            Claim::Wait(wait) => {
                self.counter.waits();
                Next::Wait(wait)
            }
            // The one before may have been answered since this one missed.
            Claim::Lead(lead) => match self.look(set) {
                Some(ids) => Next::Known(ids),
                None => Next::Ask(Asking { generation, lead }),
            },
        }
    }

    fn answered<S: ContentTypeSet + ?Sized>(
        &self,
        asking: Asking,
        set: &S,
        answer: Vec<(i32, String, String)>,
    ) -> Result<S::Ids, Error> {
        let answer = Arc::new(Answer::new(answer));
        self.remember(set, asking.generation, &answer);
        asking.lead.land(Arc::clone(&answer));
        answer.find(set)
    }
}

fn read(rows: &[Row]) -> Result<Vec<(i32, String, String)>, Error> {
    rows.iter()
        .map(|row| Ok((row.try_get(0)?, row.try_get(1)?, row.try_get(2)?)))
        .collect()
}
