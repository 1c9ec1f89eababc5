//! What can go wrong, and what to do about it.

use std::path::PathBuf;

/// Why there is no server, no database or no data. Each message is one line that says what to do.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// Neither a server was named nor were server binaries found.
    #[error(
        "no PostgreSQL server: install PostgreSQL 15 or newer (or name the folder of initdb and postgres in \
         PAGEWISE_PG_BIN), or set DATABASE_URL to a server where databases may be created"
    )]
    NoServer,
    /// `PAGEWISE_PG_BIN` names a folder without the server binaries.
    #[error(
        "PAGEWISE_PG_BIN is {0:?}, which has no initdb and postgres: name the folder that holds both, or unset it"
    )]
    NoBinaries(PathBuf),
    /// A file or folder of the throw-away server could not be made or changed.
    #[error(
        "cannot {action} {path:?}: {source}; set TMPDIR to a folder where files may be created"
    )]
    File {
        /// What was tried.
        action: &'static str,
        /// On which path.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// A program of the throw-away server could not be run.
    #[error(
        "cannot run {program:?}: {source}; check that it may be executed, or set DATABASE_URL to a running server"
    )]
    Program {
        /// The program.
        program: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// The throw-away server did not come up.
    #[error(
        "the throw-away PostgreSQL server did not start ({reason}); set DATABASE_URL to use a running one"
    )]
    Start {
        /// The last lines that initdb or the server printed, on one line.
        reason: String,
    },
    /// No connection to a database.
    #[error(
        "cannot connect to {database}: {}; check that the server runs and DATABASE_URL names it",
        describe(source)
    )]
    Connect {
        /// Which database; never the whole URL, which may hold a password.
        database: String,
        /// What the driver said.
        source: postgres::Error,
    },
    /// The server is too old.
    #[error(
        "the server is PostgreSQL {0}, 15 or newer is needed: set DATABASE_URL or PAGEWISE_PG_BIN to a newer one"
    )]
    Version(i32),
    /// A database could not be created.
    #[error(
        "cannot create the database {database}: {}; the role needs CREATEDB",
        describe(source)
    )]
    Create {
        /// Its name.
        database: String,
        /// What the server said.
        source: postgres::Error,
    },
    /// The scale of the reference data is out of range.
    #[error("the scale of the reference data must be from 0.001 to 10, not {0}")]
    Scale(f64),
    /// A step of a load failed.
    #[error(
        "loading the reference data stopped at {step:?}: {}; load into an empty database, over a connection of its own",
        describe(source)
    )]
    Step {
        /// The step's name.
        step: &'static str,
        /// What the server said.
        source: postgres::Error,
    },
    /// A query of this package failed.
    #[error(
        "cannot {purpose}: {}; is this database loaded with the reference tables?",
        describe(source)
    )]
    Query {
        /// What it was for.
        purpose: &'static str,
        /// What the server said.
        source: postgres::Error,
    },
    /// A helper thread panicked.
    #[error("a thread of pagewise-reference panicked: this is a bug in it")]
    Thread,
}

/// The server's own words where there are any; the driver's `Display` keeps them back in some versions.
fn describe(error: &postgres::Error) -> String {
    match error.as_db_error() {
        Some(server) => server.message().to_owned(),
        None => match std::error::Error::source(error) {
            Some(source) => format!("{error}: {source}"),
            None => error.to_string(),
        },
    }
}
