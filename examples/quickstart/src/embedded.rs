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

#[cfg(test)]
mod tests {
    use pagewise_reference::{checksums, load};
    use postgres::{Client, NoTls};

    use super::Embedded;

    /// The reference data's golden value: what is measured here is measured on the same rows as anywhere else, and
    /// vacuumed as there, so that an index alone can answer.
    #[test]
    fn the_data_is_that_of_other_servers() {
        let embedded = Embedded::start().unwrap();
        let mut client = Client::connect(&embedded.url(), NoTls).unwrap();
        load(&mut client, 0.001, |_, _, _| {}).unwrap();
        let sums: Vec<String> = checksums(&mut client)
            .unwrap()
            .into_iter()
            .map(|(table, sum)| format!("{table} {sum}"))
            .collect();
        let expected = include_str!("../../../reference/tests/it/checksums_0.001.txt");
        assert_eq!(sums.join("\n"), expected.trim_end());
        let vacuumed = "SELECT relpages > 0 AND relallvisible = relpages FROM pg_class \
                        WHERE relname = 'chat_chatmessage'";
        assert!(client.query_one(vacuumed, &[]).unwrap().get::<_, bool>(0));
    }
}
