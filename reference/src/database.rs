//! A database of one's own.

use postgres::Client;

use crate::error::Error;
use crate::server::{Address, connect, on_own_thread};

/// A database that nobody else uses; dropped, with whatever connections are left, when the value drops.
#[derive(Debug)]
pub struct Database {
    address: Address,
    name: String,
    url: String,
}

impl Database {
    pub(crate) fn new(address: &Address, name: String) -> Database {
        let url = address.of(&name);
        Database {
            address: address.clone(),
            name,
            url,
        }
    }

    /// The connection URL, which `psql`, `postgres`, `tokio-postgres` and `sqlx` all read. Where `DATABASE_URL` is
    /// given as `key=value` pairs, so is this.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The database's name on its server.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Opens a connection. Not from within an asynchronous runtime: connect with [`Database::url`] there.
    ///
    /// # Errors
    ///
    /// The server does not answer or has no connection left.
    pub fn client(&self) -> Result<Client, Error> {
        connect(&self.url, &self.name)
    }

    /// Gives up the value, not the database: it becomes a template.
    pub(crate) fn into_name(mut self) -> String {
        std::mem::take(&mut self.name)
    }
}

impl Drop for Database {
    /// Best effort: what is left behind goes with the throw-away server, or is dropped by the next process that comes
    /// to the server of `DATABASE_URL`.
    fn drop(&mut self) {
        if !self.name.is_empty() {
            let (address, name) = (&self.address, &self.name);
            let _ = on_own_thread(|| drop_database(address, name));
        }
    }
}

pub(crate) fn drop_database(address: &Address, name: &str) -> Result<(), Error> {
    address
        .administrate()?
        .batch_execute(&format!("DROP DATABASE IF EXISTS \"{name}\" WITH (FORCE)"))
        .map_err(|source| Error::Query {
            purpose: "drop a database",
            source,
        })
}
