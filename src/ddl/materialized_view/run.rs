//! Creating, refreshing and dropping a view through a driver.

use super::commands::WhileRefreshed;
use super::error::MaterializedViewError;
use super::state::ViewState;
use super::view::MaterializedView;
use crate::driver::wire::Row;
use crate::error::Error;
use crate::schema::Entity;

/// What came of a refresh.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refreshed {
    /// The view was filled for the first time, by this refresh or by another one meanwhile.
    First,
    /// The view has all that was committed when the refresh was asked for.
    Again,
    /// Another refresh was going on, and may not know what was committed since it began.
    Skipped,
}

impl Refreshed {
    fn of(before: &ViewState, after: &ViewState) -> Self {
        match after.refreshed_at {
            Some(at) if at >= before.asked_at => match before.is_populated {
                true => Self::Again,
                false => Self::First,
            },
            _ => Self::Skipped,
        }
    }
}

/// The methods of a view, for each of the drivers.
macro_rules! runs {
    (
        [$($asynchronous:ident)?] [$($wait:tt)*] [$client:ty]
        $run:ident $create:ident $refresh:ident $rebuild:ident $drop:ident $state:ident: $also:literal
    ) => {
        impl<E: Entity> MaterializedView<E> {
            $($asynchronous)? fn $run(client: $client, text: &str) -> Result<Vec<Row>, Error> {
                Ok(client.run(text, &[])$($wait)*?)
            }

            #[doc = $also]
            /// Creates the view, empty, with its index. Does nothing if it is there.
            ///
            /// # Errors
            ///
            /// * [`Error::MaterializedView`] if it is there, of another declaration: `rebuild` makes it anew;
            /// * [`Error::Database`] if the server refuses: also if something else has the name of its index, which ends in
            ///   `_key`, as that of a view that was renamed has;
            /// * as [`definition`](Self::definition).
            pub $($asynchronous)? fn $create(&self, client: $client) -> Result<(), Error> {
                let text = self.create_text()?;
                if let Some(state) = self.$state(client)$($wait)*? {
                    self.check(Some(state))?;
                    return Ok(());
                }
                Self::$run(client, &text)$($wait)*?;
                Ok(())
            }

            #[doc = $also]
            /// Refreshes the view: fills it the first time, which readers wait for; from then on concurrently, while it is read.
            ///
            /// Others who refresh it at the same time are told by an advisory lock that is held until the transaction ends.
            /// In a transaction, what it then sees is what the view has: that of `REPEATABLE READ`, the database as it was.
            ///
            /// # Errors
            ///
            /// * [`Error::MaterializedView`] if there is no such view, or one of another declaration;
            /// * [`Error::Database`] if the server refuses: it is the owner who refreshes a view;
            /// * as [`definition`](Self::definition).
            pub $($asynchronous)? fn $refresh(
                &self,
                client: $client,
                meanwhile: WhileRefreshed,
            ) -> Result<Refreshed, Error> {
                let text = self.refresh_text(meanwhile)?;
                let before = self.check(self.$state(client)$($wait)*?)?;
                Self::$run(client, &text)$($wait)*?;
                let after = self.check(self.$state(client)$($wait)*?)?;
                Ok(Refreshed::of(&before, &after))
            }

            #[doc = $also]
            /// Makes the view anew if it is of another declaration: beside the old one, which is read until the new one is
            /// filled and takes its name. Creates and fills one if there is none; does nothing if it is of this declaration.
            ///
            /// Privileges on the view are to be granted anew.
            ///
            /// # Errors
            ///
            /// * [`Error::Database`] if the server refuses: also if other views read this one, if a rebuild of another
            ///   declaration came between, or if what has the name of the view, or of its next, is not pagewise's;
            /// * as [`definition`](Self::definition).
            pub $($asynchronous)? fn $rebuild(&self, client: $client) -> Result<(), Error> {
                for text in self.rebuild_texts()? {
                    Self::$run(client, &text)$($wait)*?;
                }
                Ok(())
            }

            #[doc = $also]
            /// Drops the view, and what a rebuild may have left. Does nothing if it is not there.
            ///
            /// # Errors
            ///
            /// [`Error::Database`] if the server refuses: also if other views read this one, or if what has its name is not
            /// pagewise's.
            pub $($asynchronous)? fn $drop(&self, client: $client) -> Result<(), Error> {
                Self::$run(client, &self.drop_text())$($wait)*?;
                Ok(())
            }

            #[doc = $also]
            /// What the database knows of the view, such as its age; `None` if there is none.
            ///
            /// # Errors
            ///
            /// * [`Error::Database`] if the server refuses;
            /// * as [`definition`](Self::definition).
            pub $($asynchronous)? fn $state(&self, client: $client) -> Result<Option<ViewState>, Error> {
                let fingerprint = self.node.fingerprint()?;
                let rows = Self::$run(client, &self.state_text())$($wait)*?;
                let Some(row) = rows.first() else {
                    return Ok(None);
                };
                let (is_populated, comment, asked_at) =
                    (row.try_get(0)?, row.try_get(1)?, row.try_get(2)?);
                Ok(Some(ViewState::new(fingerprint, is_populated, comment, asked_at)))
            }
        }
    };
}

#[cfg(feature = "postgres")]
runs! {
    [] [] [&mut impl crate::driver::postgres::Execute]
    run create refresh rebuild drop state: ""
}

#[cfg(feature = "tokio-postgres")]
runs! {
    [async] [.await] [&impl crate::driver::tokio_postgres::Execute]
    run_async create_async refresh_async rebuild_async drop_async state_async: "Through an asynchronous client:"
}

impl<E: Entity> MaterializedView<E> {
    /// Refuses a view that is not there, or is of another declaration.
    fn check(&self, state: Option<ViewState>) -> Result<ViewState, Error> {
        let view = self.node.name;
        let state = state.ok_or(MaterializedViewError::Missing { view })?;
        match state.is_current {
            true => Ok(state),
            false => Err(MaterializedViewError::Changed { view }.into()),
        }
    }
}
