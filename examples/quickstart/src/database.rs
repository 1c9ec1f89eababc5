//! The database that the data goes to: inside this process, or on the server of `DATABASE_URL`.

use std::env;
use std::error::Error;
use std::fs;
use std::process;
use std::sync::{Arc, Mutex, PoisonError};

use pagewise_reference::Server;
use postgres::{Client, NoTls};

use crate::embedded::Embedded;

/// An empty database that nobody else uses. It is gone when the value drops.
pub enum Database {
    /// The embedded server's.
    Embedded(Embedded),
    /// One of our own beside the databases of a server that runs already.
    OnServer {
        /// Before the server, because fields drop in this order.
        database: pagewise_reference::Database,
        /// Only held: it marks the database as that of a living process.
        _server: Server,
    },
}

impl Database {
    /// Makes one.
    pub fn make() -> Result<Database, Box<dyn Error>> {
        let url = env::var("DATABASE_URL").unwrap_or_default();
        if url.trim().is_empty() {
            return Ok(Database::Embedded(Embedded::start()?));
        }
        let server = Server::connect(&url)?;
        Ok(Database::OnServer {
            database: server.blank()?,
            _server: server,
        })
    }

    fn client(&self) -> Result<Client, Box<dyn Error>> {
        Ok(match self {
            Database::Embedded(embedded) => Client::connect(&embedded.url(), NoTls)?,
            Database::OnServer { database, .. } => database.client()?,
        })
    }

    /// Where it is, to follow the server's name and version.
    pub fn place(&self) -> String {
        match self {
            Database::Embedded(_) => {
                "embedded in this process; DATABASE_URL would name another".to_owned()
            }
            Database::OnServer { database, .. } => {
                format!(
                    "the server of DATABASE_URL, in a database of our own ({})",
                    database.name()
                )
            }
        }
    }

    /// Takes it away while it is in use.
    fn abandon(self) {
        match self {
            // Its destructor would wait for the client, which waits for the server.
            Database::Embedded(embedded) => {
                let _ = fs::remove_dir_all(embedded.folder());
                std::mem::forget(embedded);
            }
            Database::OnServer { .. } => drop(self),
        }
    }
}

/// A database that Ctrl-C takes away too.
pub struct Kept(Arc<Mutex<Option<Database>>>);

impl Kept {
    /// From now on.
    pub fn new(database: Database) -> Result<Kept, Box<dyn Error>> {
        let kept = Arc::new(Mutex::new(Some(database)));
        let of_handler = Arc::clone(&kept);
        ctrlc::set_handler(move || {
            // Locked until the end, so that `main` does not get to complain of the database's being gone.
            let mut kept = of_handler.lock().unwrap_or_else(PoisonError::into_inner);
            if let Some(database) = kept.take() {
                database.abandon();
            }
            // What a shell calls "ended by SIGINT".
            process::exit(130);
        })?;
        Ok(Kept(kept))
    }

    /// Connects to it. The embedded server has room for one connection, which must be closed before the value drops.
    pub fn client(&self) -> Result<Client, Box<dyn Error>> {
        match &*self.0.lock().unwrap_or_else(PoisonError::into_inner) {
            Some(database) => database.client(),
            None => Err("interrupted".into()),
        }
    }
}

impl Drop for Kept {
    fn drop(&mut self) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        drop(kept.take());
    }
}
