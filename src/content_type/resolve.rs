//! Resolving through a driver: of those who miss the same set, one asks; if the database fails it, each of the others does.

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
pub(super) type Questions = Flights<Question, Outcome>;

/// What became of a question.
#[derive(Clone)]
pub(super) enum Outcome {
    Answered(Arc<Answer>),
    /// It may have taken as long as a statement may. Were the next one to ask for all, those who wait would fail one after
    /// another, each so much later.
    Failed,
}

/// What there is to do for a set that was missed.
enum Next<Ids> {
    /// It is known by now.
    Known(Ids),
    Ask(Asking),
    Wait(Wait<Outcome>),
}

/// The right to ask.
struct Asking {
    generation: Generation,
    /// `None` if it is asked for nobody else.
    lead: Option<Lead<Question, Outcome>>,
}

impl ContentTypes {
    /// The numbers of a set: from the cache, else by one query for all of it, by one of those who ask at the same time.
    ///
    /// Resolved at the start of a service, a set is known when the first request comes, and a name that the database has
    /// not is told then.
    ///
    /// Where the database fails the one who asks, the others ask as well, each through its own client and all at the same
    /// time: none waits for more than two questions.
    ///
    /// Not in a transaction that makes content types itself: what it reads is remembered, also if it rolls back.
    ///
    /// # Errors
    ///
    /// * [`Error::UnknownContentTypes`] names those that the database has not;
    /// * [`Error::Database`] if the driver or the server refuses;
    /// * [`Error::NulInText`] if a name contains NUL;
    /// * [`Error::UnexpectedAnswer`] if a set of the host's own gives no numbers, although each of its names has one.
    #[cfg(feature = "postgres")]
    pub fn resolve<S: ContentTypeSet + ?Sized>(
        &self,
        client: &mut impl crate::driver::postgres::Execute,
        set: &S,
    ) -> Result<S::Ids, Error> {
        if let Some(ids) = self.known(set) {
            return Ok(ids);
        }
        let mut is_alone = false;
        loop {
            match self.next(set, is_alone) {
                Next::Known(ids) => return Ok(ids),
                Next::Ask(asking) => {
                    let answer = Self::statement(set)?.query(client);
                    return self.ended(asking, set, answer);
                }
                Next::Wait(wait) => match wait.wait() {
                    Some(Outcome::Answered(answer)) => return answer.find(set),
                    Some(Outcome::Failed) => is_alone = true,
                    None => {}
                },
            }
        }
    }

    /// As `resolve`, through an asynchronous client. Who waits for another's answer blocks no thread; cancelled, whoever
    /// asks lets another one ask.
    ///
    /// # Errors
    ///
    /// As `resolve`.
    #[cfg(feature = "tokio-postgres")]
    pub async fn resolve_async<S: ContentTypeSet + ?Sized>(
        &self,
        client: &impl crate::driver::tokio_postgres::Execute,
        set: &S,
    ) -> Result<S::Ids, Error> {
        if let Some(ids) = self.known(set) {
            return Ok(ids);
        }
        let mut is_alone = false;
        loop {
            match self.next(set, is_alone) {
                Next::Known(ids) => return Ok(ids),
                Next::Ask(asking) => {
                    let answer = Self::statement(set)?.query_async(client).await;
                    return self.ended(asking, set, answer);
                }
                Next::Wait(wait) => match wait.await {
                    Some(Outcome::Answered(answer)) => return answer.find(set),
                    Some(Outcome::Failed) => is_alone = true,
                    None => {}
                },
            }
        }
    }

    /// The numbers of content types that are known by name only when the program runs, in the order of the names: as
    /// `resolve` of [`Names`]. None, and no question, if there are no names.
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

    /// What there is to do; `is_alone` after somebody else has asked in vain.
    fn next<S: ContentTypeSet + ?Sized>(&self, set: &S, is_alone: bool) -> Next<S::Ids> {
        let generation = self.generation();
        // Another one may have been answered since this one missed.
        let known_or_ask = |lead| match self.look(set) {
            Some(ids) => Next::Known(ids),
            None => Next::Ask(Asking { generation, lead }),
        };
        if is_alone {
            return known_or_ask(None);
        }
        // Those who ask for the same in another order ask for the same.
        let mut names = names(set);
        names.sort();
        match self.flights.claim((generation, names.into())) {
            Claim::Wait(wait) => {
                self.counter.waits();
                Next::Wait(wait)
            }
            Claim::Lead(lead) => known_or_ask(Some(lead)),
        }
    }

    /// What was asked is over: it is remembered, and those who wait are told.
    fn ended<S: ContentTypeSet + ?Sized>(
        &self,
        asking: Asking,
        set: &S,
        rows: Result<Vec<Row>, Error>,
    ) -> Result<S::Ids, Error> {
        let Asking { generation, lead } = asking;
        let land = |outcome| {
            if let Some(lead) = lead {
                lead.land(outcome);
            }
        };
        match rows.and_then(|rows| read(&rows)) {
            Ok(answer) => {
                let answer = Arc::new(Answer::new(answer));
                self.remember(set, generation, &answer);
                land(Outcome::Answered(Arc::clone(&answer)));
                answer.find(set)
            }
            Err(error) => {
                land(Outcome::Failed);
                Err(error)
            }
        }
    }
}

fn read(rows: &[Row]) -> Result<Vec<(i32, String, String)>, Error> {
    rows.iter()
        .map(|row| Ok((row.try_get(0)?, row.try_get(1)?, row.try_get(2)?)))
        .collect()
}
