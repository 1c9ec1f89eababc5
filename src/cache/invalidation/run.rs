//! Purging, looking and listening through a driver.

use super::catch_up::CatchUpRow;
use super::copies::LocalCopies;
#[cfg(any(feature = "postgres", feature = "tokio-postgres"))]
use super::note::Note;
use super::purge::{NotePurge, NotesLeft};
use crate::driver::wire::Row;
use crate::error::Error;

impl CatchUpRow {
    fn of(row: &Row) -> Result<Self, Error> {
        Ok(Self {
            snapshot: row.try_get(0)?,
            is_unknown: row.try_get(1)?,
            team: row.try_get(2)?,
            source: row.try_get(3)?,
        })
    }
}

fn listen() -> String {
    format!("LISTEN {}", Note::CHANNEL)
}

fn removed(rows: &[Row]) -> Result<u64, Error> {
    let removed: i64 = match rows.first() {
        Some(row) => row.try_get(0)?,
        None => 0,
    };
    Ok(removed.unsigned_abs())
}

/// The methods, for each of the drivers.
macro_rules! runs {
    (
        [$($asynchronous:ident)?] [$($wait:tt)*] [$client:ty]
        $run:ident $catch_up:ident $listen:ident: $also:literal
    ) => {
        impl NotePurge {
            #[doc = $also]
            /// Raises the horizon and removes all notes below it; gives how many.
            ///
            /// # Errors
            ///
            /// [`Error::Database`]; what was removed before stays removed.
            pub $($asynchronous)? fn $run(&self, client: $client) -> Result<u64, Error> {
                let raise = self.raise_command();
                client.run(raise.text(), raise.parameters())$($wait)*?;
                let remove = self.remove_command();
                let mut all = 0;
                loop {
                    let batch = removed(&client.run(remove.text(), remove.parameters())$($wait)*?)?;
                    all += batch;
                    if self.left(batch) == NotesLeft::None {
                        return Ok(all);
                    }
                }
            }
        }

        impl LocalCopies {
            #[doc = $also]
            /// Looks at what was noted since the last look, and drops what is outdated; gives how many notes there were, `None`
            /// if all was dropped since nobody knows.
            ///
            /// Outside of a transaction, or in one of READ COMMITTED: see [`catch_up_statement`](Self::catch_up_statement).
            ///
            /// # Errors
            ///
            /// [`Error::Database`]: this was no look, and copies are given out only until the last one is too old.
            pub $($asynchronous)? fn $catch_up(&self, client: $client) -> Result<Option<usize>, Error> {
                let look = self.catch_up_statement();
                let rows = client.run(look.command().text(), look.command().parameters())$($wait)*?;
                let rows = rows.iter().map(CatchUpRow::of).collect::<Result<Vec<_>, _>>()?;
                Ok(self.caught_up(&look, rows))
            }

            #[doc = $also]
            /// Listens from now on, then looks at what was noted before: nothing is missed in between.
            ///
            /// Again after each time that the connection was lost. It goes on being necessary to look: a connection that has
            /// gone silent looks like one on which nothing happens.
            ///
            /// # Errors
            ///
            /// [`Error::Database`].
            pub $($asynchronous)? fn $listen(&self, client: $client) -> Result<Option<usize>, Error> {
                client.run(&listen(), &[])$($wait)*?;
                self.$catch_up(client)$($wait)*
            }
        }
    };
}

#[cfg(feature = "postgres")]
runs!(
    [] [] [&mut impl crate::driver::postgres::Execute]
    run catch_up listen: ""
);

#[cfg(feature = "tokio-postgres")]
runs!(
    [async] [.await] [&impl crate::driver::tokio_postgres::Execute]
    run_async catch_up_async listen_async: "Through an asynchronous client:\n\n"
);

/// A year.
#[cfg(feature = "postgres")]
const LONGEST_WAIT: std::time::Duration = std::time::Duration::from_secs(365 * 24 * 60 * 60);

#[cfg(feature = "postgres")]
impl LocalCopies {
    /// Handles notes that come on a connection that [listens](Self::listen), for so long; gives how many.
    ///
    /// ```no_run
    /// # use std::time::Duration;
    /// # use pagewise::cache::LocalCopies;
    /// # fn example(client: &mut postgres::Client, copies: &LocalCopies) -> Result<(), pagewise::Error> {
    /// copies.listen(client)?;
    /// loop {
    ///     copies.hear(client, Duration::from_millis(500))?;
    ///     copies.catch_up(client)?;
    /// }
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// [`Error::Database`] if the connection is lost.
    pub fn hear(
        &self,
        client: &mut ::postgres::Client,
        timeout: std::time::Duration,
    ) -> Result<usize, Error> {
        use ::postgres::fallible_iterator::FallibleIterator as _;
        let now = std::time::Instant::now();
        // Longer than that nobody waits.
        let end = now.checked_add(timeout).unwrap_or(now + LONGEST_WAIT);
        let mut heard = 0;
        let mut notifications = client.notifications();
        loop {
            // However many come, it is time to look at some point.
            let left = end.saturating_duration_since(std::time::Instant::now());
            let Some(notification) = notifications.timeout_iter(left).next()? else {
                break;
            };
            let (channel, payload) = (notification.channel(), notification.payload());
            heard += usize::from(self.handle_payload(channel, payload));
            if left.is_zero() {
                break;
            }
        }
        Ok(heard)
    }
}

#[cfg(feature = "tokio-postgres")]
impl LocalCopies {
    /// Handles a message that the connection of an asynchronous client gives, if it is a note; says whether it was.
    ///
    /// ```no_run
    /// # use pagewise::cache::LocalCopies;
    /// # async fn example<S, T>(mut connection: tokio_postgres::Connection<S, T>, copies: &LocalCopies) -> Result<(), tokio_postgres::Error>
    /// # where S: tokio::io::AsyncRead + tokio::io::AsyncWrite + Unpin, T: tokio::io::AsyncRead + tokio::io::AsyncWrite + Unpin {
    /// // In place of `connection.await`:
    /// while let Some(message) = std::future::poll_fn(|context| connection.poll_message(context)).await {
    ///     copies.hear_message(&message?);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn hear_message(&self, message: &::tokio_postgres::AsyncMessage) -> bool {
        match message {
            ::tokio_postgres::AsyncMessage::Notification(notification) => {
                self.handle_payload(notification.channel(), notification.payload())
            }
            _ => false,
        }
    }
}

impl LocalCopies {
    fn handle_payload(&self, channel: &str, payload: &str) -> bool {
        let note = Note::from_payload(payload).filter(|_| channel == Note::CHANNEL);
        note.inspect(|note| self.handle(note)).is_some()
    }
}
