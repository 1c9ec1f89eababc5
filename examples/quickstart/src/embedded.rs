//! PostgreSQL inside this process.

use std::error::Error;
use std::path::Path;

use pglite_oxide::PgliteServer;

/// A PostgreSQL 17 in this process, its files in a temporary folder that goes away with it.
///
/// It serves one connection at a time, on a port of the loopback interface.
pub struct Embedded {
    server: PgliteServer,
}

impl Embedded {
    /// Starts it. The very first start on a machine unpacks it into the user's cache folder.
    pub fn start() -> Result<Embedded, Box<dyn Error>> {
        let server = PgliteServer::builder()
            // Rows are enough here; nobody will look for them after a power failure.
            .relaxed_durability(true)
            .start()
            .map_err(|error| {
                format!(
                    "the embedded PostgreSQL does not start ({error:#}); set DATABASE_URL to use a server of yours"
                )
            })?;
        Ok(Embedded { server })
    }

    /// Where it listens.
    pub fn url(&self) -> String {
        self.server.database_url()
    }

    /// Where its files are.
    pub fn folder(&self) -> &Path {
        self.server.root()
    }
}
