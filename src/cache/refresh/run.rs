//! Computing a result anew, through a driver.

use std::time::Duration;

use chrono::{DateTime, Utc};
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::super::entry::{Entry, Freshness, Ticket};
use super::super::key::CacheKey;
use super::super::lookup::{LookupRow, read};
use super::super::store::ResultCache;
use super::definition::ComputeError;
use super::error::RefreshError;
use super::gate::{Entrance, State};
use super::lock;
use super::obtained::{Obtained, Origin};
use super::patience::Patience;
use crate::driver::wire::{Error as DriverError, Row};
use crate::error::Error;
use crate::statement::Command;

/// What one does who finds nothing, while another computes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::cache) enum OnBusy {
    Wait,
    /// Goes without it.
    Leave,
}

/// What came of asking for the lock.
enum Turn<X, T> {
    /// Another has it.
    Busy,
    /// Another has computed it meanwhile.
    Fresh(Entry<T>),
    /// It is one's turn.
    Mine(X, Ticket),
}

impl ResultCache {
    /// For how long one waits who finds no result that could be given, while another session computes it; 10 seconds, if
    /// nothing is said. Then it is [`RefreshError::TimedOut`]: to compute it all the same would be a stampede, where
    /// computing takes longest.
    ///
    /// ```
    /// use std::time::Duration;
    /// use pagewise::cache::ResultCache;
    ///
    /// let cache = ResultCache::new().wait_for(Duration::from_secs(2));
    /// ```
    #[must_use]
    pub fn wait_for(mut self, time: Duration) -> Self {
        self.wait = time;
        self
    }
}

fn is_mine(rows: &[Row]) -> Result<bool, DriverError> {
    rows.first().map_or(Ok(false), |row| row.try_get("is_mine"))
}

macro_rules! refreshes {
    (
        [$($asynchronous:ident)?] [$($wait:tt)*] [$($mutable:tt)?] $driver:ident [$function:ident] [$($send:tt)*]
        $obtain:ident $answer:ident $look:ident $turn:ident $finish:ident $keep:ident
        $before:ident $pause:ident
    ) => {
        impl ResultCache {
            pub(in crate::cache) $($asynchronous)? fn $obtain<T, E>(
                &self,
                client: &mut $driver::Client,
                key: &CacheKey<T>,
                busy: OnBusy,
                compute: impl $function(&$($mutable)? $driver::Transaction<'_>, DateTime<Utc>) -> Result<T, E>,
            ) -> Result<Option<Obtained<T>>, Error>
            where
                T: Serialize + DeserializeOwned $($send)*,
                E: Into<ComputeError>,
            {
                let (entry, asked) = self.$look(client, key, None)$($wait)*?;
                // One request is counted once: where there is something, by whether it was given. Who warms has not asked.
                let (is_there, is_counted) = (entry.is_some(), busy == OnBusy::Wait);
                if is_counted && !is_there {
                    self.counters.count(key, None);
                }
                let answer = self.$answer(client, key, busy, (entry, asked), compute)$($wait)*?;
                if is_counted && is_there {
                    let given = answer.as_ref().and_then(|given| given.origin.freshness());
                    self.counters.count(key, given);
                }
                Ok(answer)
            }

            $($asynchronous)? fn $answer<T, E>(
                &self,
                client: &mut $driver::Client,
                key: &CacheKey<T>,
                busy: OnBusy,
                (mut entry, asked): (Option<Entry<T>>, Ticket),
                compute: impl $function(&$($mutable)? $driver::Transaction<'_>, DateTime<Utc>) -> Result<T, E>,
            ) -> Result<Option<Obtained<T>>, Error>
            where
                T: Serialize + DeserializeOwned $($send)*,
                E: Into<ComputeError>,
            {
                let text = key.text();
                let mut patience = Patience::new(self.wait);
                let mut inside = None;
                let (first, computed) = loop {
                    if let Some(fresh) = entry.take_if(|entry| entry.freshness == Freshness::Fresh) {
                        return Ok(Some(Obtained::kept(fresh)));
                    }
                    let first = match inside.take() {
                        Some(first) => first,
                        None => match self.gates.enter(key.team(), &text) {
                            Entrance::First(first) => first,
                            Entrance::Before(_) if entry.is_some() || busy == OnBusy::Leave => {
                                return Ok(entry.map(Obtained::kept));
                            }
                            Entrance::Before(gate) => {
                                match $before(client, &gate, &mut patience, &text)$($wait)*? {
                                    State::Open => {}
                                    State::Failed(failure) => return Err(failure.into()),
                                    State::Closed => return Err(patience.timed_out(&text).into()),
                                }
                                entry = self.$look(client, key, Some(&asked))$($wait)*?.0;
                                continue;
                            }
                        },
                    };
                    match self.$turn(client, key, &text, &asked)$($wait)* {
                        Ok(Turn::Mine(transaction, ticket)) => {
                            break (first, self.$finish(transaction, ticket, key, &text, compute)$($wait)*);
                        }
                        Ok(Turn::Fresh(fresh)) => return Ok(Some(Obtained::kept(fresh))),
                        Ok(Turn::Busy) => {}
                        Err(error) => break (first, Err(RefreshError::refused(&text, error))),
                    }
                    if entry.is_some() || busy == OnBusy::Leave {
                        return Ok(entry.map(Obtained::kept));
                    }
                    // The others of this process go on waiting for this one, which waits for the lock.
                    inside = Some(first);
                    let pause = patience.pause(&text)?;
                    $pause(client, pause)$($wait)*?;
                    entry = self.$look(client, key, Some(&asked))$($wait)*?.0;
                };
                let failure = match computed {
                    Ok(computed) => return Ok(Some(computed)),
                    Err(failure) => failure,
                };
                // That a connection is lost is no reason for those who wait not to try.
                if !client.is_closed() {
                    first.fail(failure.clone());
                }
                Ok(Some(Obtained::in_spite_of(failure, entry)?))
            }

            /// Looks without counting. Who has waited since it had asked takes what was computed since, too: where somebody
            /// writes all the time, each would else compute what is outdated when the next one looks.
            $($asynchronous)? fn $look<T: DeserializeOwned>(
                &self,
                client: &$($mutable)? impl crate::driver::$driver::Execute,
                key: &CacheKey<T>,
                asked: Option<&Ticket>,
            ) -> Result<(Option<Entry<T>>, Ticket), Error> {
                let statement = key.lookup_since(asked);
                let rows = client.run(statement.text(), statement.parameters())$($wait)*?;
                let found = read(LookupRow::of(&rows)?, self.tier_of(key));
                Ok((found.entry, found.ticket))
            }

            /// Asks for the lock, and looks again if it is there.
            $($asynchronous)? fn $turn<'c, T: DeserializeOwned>(
                &self,
                client: &'c mut $driver::Client,
                key: &CacheKey<T>,
                text: &str,
                asked: &Ticket,
            ) -> Result<Turn<$driver::Transaction<'c>, T>, Error> {
                // Each statement has to see what was committed before it: the second look is for that.
                let begin = client.build_transaction().isolation_level($driver::IsolationLevel::ReadCommitted);
                let $($mutable)? transaction = begin.start()$($wait)*?;
                let statement = lock::statement(key.team(), text);
                let rows = {
                    use crate::driver::$driver::Execute;
                    transaction.run(statement.text(), statement.parameters())$($wait)*?
                };
                if !is_mine(&rows)? {
                    transaction.rollback()$($wait)*?;
                    return Ok(Turn::Busy);
                }
                let (entry, ticket) = self.$look(&$($mutable)? transaction, key, Some(asked))$($wait)*?;
                match entry {
                    Some(entry) if entry.freshness == Freshness::Fresh => {
                        transaction.rollback()$($wait)*?;
                        Ok(Turn::Fresh(entry))
                    }
                    _ => Ok(Turn::Mine(transaction, ticket)),
                }
            }

            /// Computes, and keeps what was computed.
            $($asynchronous)? fn $finish<T, E>(
                &self,
                $($mutable)? transaction: $driver::Transaction<'_>,
                ticket: Ticket,
                key: &CacheKey<T>,
                text: &str,
                compute: impl $function(&$($mutable)? $driver::Transaction<'_>, DateTime<Utc>) -> Result<T, E>,
            ) -> Result<Obtained<T>, RefreshError>
            where
                T: Serialize $($send)*,
                E: Into<ComputeError>,
            {
                let computed = compute(&$($mutable)? transaction, ticket.at())$($wait)*;
                let value = match computed.map_err(|error| RefreshError::compute(text, error)) {
                    Ok(value) => value,
                    Err(failure) => {
                        // Where this fails the session is gone, and the transaction with it.
                        let _ = transaction.rollback()$($wait)*;
                        return Err(failure);
                    }
                };
                let kept = match self.put_statement(key, &value, &ticket) {
                    Ok(statement) => self.$keep(transaction, statement)$($wait)*,
                    Err(error) => Err(error),
                };
                let (is_kept, failure) = match kept {
                    Ok(is_kept) => (is_kept, None),
                    Err(error) => (false, Some(RefreshError::not_kept(text, error))),
                };
                Ok(Obtained {
                    value,
                    computed_at: ticket.at(),
                    origin: Origin::Computed { is_kept },
                    failure,
                })
            }

            $($asynchronous)? fn $keep(
                &self,
                $($mutable)? transaction: $driver::Transaction<'_>,
                statement: Command,
            ) -> Result<bool, Error> {
                use crate::driver::$driver::Execute;
                let rows = transaction.run(statement.text(), statement.parameters())$($wait)*?;
                transaction.commit()$($wait)*?;
                Ok(!rows.is_empty())
            }
        }
    };
}

#[cfg(feature = "postgres")]
mod blocking {
    use super::super::definition::Compute;
    use super::super::gate::Gate;
    use super::*;

    refreshes!(
        [] [] [mut] postgres [FnOnce] []
        obtain answer look turn finish keep before pause
    );

    impl ResultCache {
        /// The result if it is fresh, by one statement; else it is computed by the closure and kept, by one of those who ask.
        ///
        /// * **Not fresh, or soon not any more**: one of all sessions gets the lock, looks again, computes in a transaction of
        ///   READ COMMITTED, and keeps it. The closure is given that transaction and when it began, by the server's clock:
        ///   what "now" is for it.
        /// * **Another has the lock**: a stale result that the tier allows is given at once, and one that soon will be stale,
        ///   too. Where there is none, this waits ([`wait_for`](Self::wait_for)), and computes it if the other has not.
        /// * **It cannot be computed**: what is there and may be given is given, with the
        ///   [`failure`](Obtained::failure); else that is the error. What was kept stays. The transaction is rolled back; it
        ///   is, too, if the closure panics or the connection is lost.
        /// * **It cannot be kept**: it is given all the same, with the failure.
        ///
        /// The client is in no transaction, also in none that was begun by hand (`BEGIN`): this one's end would be its end. In a
        /// transaction, [`lookup`](Self::lookup) and [`put`](Self::put) are for it.
        ///
        /// The client is connected to the server that is written to. A result that a replica computes is kept by hand: with
        /// the ticket of [`lookup`](Self::lookup) on the replica, by [`put`](Self::put) on the primary.
        ///
        /// # Errors
        ///
        /// * [`Error::CacheRefresh`] if it could not be computed, or another did not in time, and nothing is there;
        /// * [`Error::Database`] if the looking fails.
        ///
        /// # Example
        ///
        /// ```no_run
        /// use pagewise::cache::{CacheKind, ResultCache, Tier};
        ///
        /// const SESSIONS: CacheKind<i64> =
        ///     CacheKind::new("sessions", Tier::OVERVIEW, &["experiments_experimentsession"]);
        ///
        /// # fn example(client: &mut postgres::Client) -> Result<(), pagewise::Error> {
        /// let cache = ResultCache::new();
        /// let sessions = cache.get_or_compute(client, &SESSIONS.key(7), |transaction, _now| {
        ///     let text = "SELECT count(*) FROM experiments_experimentsession WHERE team_id = $1";
        ///     transaction.query_one(text, &[&7_i64])?.try_get(0)
        /// })?;
        /// println!("{} sessions, {:?}", sessions.value, sessions.origin);
        /// # Ok(())
        /// # }
        /// ```
        pub fn get_or_compute<T, E>(
            &self,
            client: &mut postgres::Client,
            key: &CacheKey<T>,
            compute: impl FnOnce(&mut postgres::Transaction<'_>, DateTime<Utc>) -> Result<T, E>,
        ) -> Result<Obtained<T>, Error>
        where
            T: Serialize + DeserializeOwned,
            E: Into<ComputeError>,
        {
            self.obtain(client, key, OnBusy::Wait, compute)?
                .ok_or_else(missing)
        }

        /// The same of a definition, which is key and computation in one; see [`get_or_compute`](Self::get_or_compute).
        ///
        /// # Errors
        ///
        /// Those of [`get_or_compute`](Self::get_or_compute).
        pub fn get<D: Compute>(
            &self,
            client: &mut postgres::Client,
            definition: &D,
        ) -> Result<Obtained<D::Value>, Error> {
            self.get_or_compute(client, &definition.key(), |transaction, now| {
                definition.compute(transaction, now)
            })
        }
    }

    fn before(
        _: &mut postgres::Client,
        gate: &Gate,
        patience: &mut Patience,
        _: &str,
    ) -> Result<State, Error> {
        Ok(gate.wait(patience.left()))
    }

    fn pause(_: &mut postgres::Client, pause: Duration) -> Result<(), Error> {
        std::thread::sleep(pause);
        Ok(())
    }
}

#[cfg(feature = "tokio-postgres")]
mod asynchronous {
    use super::super::definition::ComputeAsync;
    use super::super::gate::Gate;
    use super::*;

    refreshes!(
        [async] [.await] [] tokio_postgres [AsyncFnOnce] [+ Send]
        obtain_async answer_async look_async turn_async finish_async keep_async before pause
    );

    impl ResultCache {
        /// The result if it is fresh; else it is computed by the closure and kept: `get_or_compute` through an asynchronous
        /// client.
        ///
        /// * **Not fresh, or soon not any more**: one of all sessions gets the lock, looks again, computes in a transaction of
        ///   READ COMMITTED, and keeps it. The closure is given that transaction and when it began, by the server's clock:
        ///   what "now" is for it.
        /// * **Another has the lock**: a stale result that the tier allows is given at once, and one that soon will be stale,
        ///   too. Where there is none, this waits ([`wait_for`](Self::wait_for)), and computes it if the other has not. The
        ///   pauses are the server's (`pg_sleep`), of a tenth of a second at most: no runtime's clock is needed.
        /// * **It cannot be computed**: what is there and may be given is given, with the
        ///   [`failure`](Obtained::failure); else that is the error. What was kept stays. The transaction is rolled back.
        /// * **It cannot be kept**: it is given all the same, with the failure.
        ///
        /// The client is in no transaction, also in none that was begun by hand (`BEGIN`): this one's end would be its end.
        ///
        /// A future that is dropped rolls its transaction back, as soon as the server is done with the statement that it was
        /// at; the next one then computes.
        ///
        /// # Errors
        ///
        /// * [`Error::CacheRefresh`] if it could not be computed, or another did not in time, and nothing is there;
        /// * [`Error::Database`] if the looking fails.
        ///
        /// # Example
        ///
        /// ```no_run
        /// use pagewise::cache::{CacheKind, ResultCache, Tier};
        /// use tokio_postgres::{Client, Transaction};
        ///
        /// const SESSIONS: CacheKind<i64> =
        ///     CacheKind::new("sessions", Tier::OVERVIEW, &["experiments_experimentsession"]);
        ///
        /// # async fn example(client: &mut Client) -> Result<(), pagewise::Error> {
        /// let cache = ResultCache::new();
        /// let count = async |transaction: &Transaction<'_>, _now| -> Result<i64, tokio_postgres::Error> {
        ///     let text = "SELECT count(*) FROM experiments_experimentsession WHERE team_id = $1";
        ///     transaction.query_one(text, &[&7_i64]).await?.try_get(0)
        /// };
        /// let sessions = cache.get_or_compute_async(client, &SESSIONS.key(7), count).await?;
        /// println!("{} sessions, {:?}", sessions.value, sessions.origin);
        /// # Ok(())
        /// # }
        /// ```
        pub async fn get_or_compute_async<T, E>(
            &self,
            client: &mut tokio_postgres::Client,
            key: &CacheKey<T>,
            compute: impl AsyncFnOnce(&tokio_postgres::Transaction<'_>, DateTime<Utc>) -> Result<T, E>,
        ) -> Result<Obtained<T>, Error>
        where
            T: Serialize + DeserializeOwned + Send,
            E: Into<ComputeError>,
        {
            self.obtain_async(client, key, OnBusy::Wait, compute)
                .await?
                .ok_or_else(missing)
        }

        /// The same of a definition, which is key and computation in one; see
        /// [`get_or_compute_async`](Self::get_or_compute_async).
        ///
        /// # Errors
        ///
        /// Those of [`get_or_compute_async`](Self::get_or_compute_async).
        pub async fn get_async<D: ComputeAsync>(
            &self,
            client: &mut tokio_postgres::Client,
            definition: &D,
        ) -> Result<Obtained<D::Value>, Error> {
            let compute = async |transaction: &tokio_postgres::Transaction<'_>, now| {
                definition.compute_async(transaction, now).await
            };
            self.get_or_compute_async(client, &definition.key(), compute)
                .await
        }
    }

    /// Asks again and again, with the server's clock: one that waits for a task that nobody polls would wait for ever.
    async fn before(
        client: &mut tokio_postgres::Client,
        gate: &Gate,
        patience: &mut Patience,
        key: &str,
    ) -> Result<State, Error> {
        loop {
            match gate.look() {
                State::Closed => pause(client, patience.pause(key)?).await?,
                passed => return Ok(passed),
            }
        }
    }

    async fn pause(client: &mut tokio_postgres::Client, pause: Duration) -> Result<(), Error> {
        use crate::driver::tokio_postgres::Execute;
        let seconds = pause.as_secs_f64().into();
        let client: &tokio_postgres::Client = client;
        client
            .run("SELECT pg_sleep($1::double precision)", &[seconds])
            .await?;
        Ok(())
    }
}

/// Who waits goes on until there is one, or an error.
fn missing() -> Error {
    Error::UnexpectedAnswer {
        reason: "nothing was computed".to_owned(),
    }
}
