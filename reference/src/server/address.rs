//! How the databases of a server are reached.

use std::path::Path;

use postgres::{Client, NoTls};

use crate::error::Error;

/// A server's address: a connection text for its administration, from which that of each database follows.
#[derive(Debug, Clone)]
pub(crate) struct Address {
    administration: String,
}

impl Address {
    /// A server named by its user, as a URL or as `key=value` pairs.
    pub(super) fn given(text: &str) -> Address {
        Address {
            administration: text.to_owned(),
        }
    }

    /// A throw-away server's socket. The folder is percent-encoded into the URL's host, which `postgres`, `sqlx` and
    /// `psql` all read; the port is written out so that PGPORT cannot change it.
    pub(super) fn socket(folder: &Path, port: u16) -> Address {
        Address {
            administration: format!(
                "postgresql://postgres@{}:{port}/postgres",
                percent_encoded(folder)
            ),
        }
    }

    /// A throw-away server's port on the loopback interface.
    pub(super) fn loopback(port: u16) -> Address {
        Address {
            administration: format!("postgresql://postgres@127.0.0.1:{port}/postgres"),
        }
    }

    /// The connection text of one database of the server.
    pub(crate) fn of(&self, database: &str) -> String {
        for scheme in ["postgresql://", "postgres://"] {
            if let Some(rest) = self.administration.strip_prefix(scheme) {
                return format!("{scheme}{}", with_database(rest, database));
            }
        }
        format!("{} dbname='{database}'", self.administration)
    }

    /// Connects for creating and dropping databases.
    pub(crate) fn administrate(&self) -> Result<Client, Error> {
        connect(&self.administration, "the server")
    }
}

/// Connects to a database; the name is for the error, which must not show a password.
pub(crate) fn connect(url: &str, name: &str) -> Result<Client, Error> {
    Client::connect(url, NoTls).map_err(|source| Error::Connect {
        database: name.to_owned(),
        source,
    })
}

/// Replaces the database in a URL without its scheme, also where a parameter names it.
fn with_database(rest: &str, database: &str) -> String {
    let (place, query) = rest.split_once('?').unwrap_or((rest, ""));
    let authority = place
        .split_once('/')
        .map_or(place, |(authority, _)| authority);
    let kept: Vec<&str> = query
        .split('&')
        .filter(|pair| !pair.is_empty() && !pair.starts_with("dbname="))
        .collect();
    let mark = if kept.is_empty() { "" } else { "?" };
    format!("{authority}/{database}{mark}{}", kept.join("&"))
}

fn percent_encoded(path: &Path) -> String {
    path.to_string_lossy()
        .bytes()
        .map(|byte| match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
                char::from(byte).to_string()
            }
            _ => format!("%{byte:02X}"),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::Address;

    #[test]
    fn the_database_is_replaced_in_every_form() {
        let cases = [
            (
                "postgres://me:word@host:5433/old",
                "postgres://me:word@host:5433/new",
            ),
            ("postgresql://host", "postgresql://host/new"),
            (
                "postgresql:///old?host=/tmp&user=me",
                "postgresql:///new?host=/tmp&user=me",
            ),
            (
                "postgresql://host/?dbname=old&user=me",
                "postgresql://host/new?user=me",
            ),
            ("postgresql://host?dbname=old", "postgresql://host/new"),
            (
                "host=/tmp user=me dbname=old",
                "host=/tmp user=me dbname=old dbname='new'",
            ),
        ];
        for (given, expected) in cases {
            assert_eq!(Address::given(given).of("new"), expected);
        }
    }

    #[test]
    fn a_socket_folder_is_percent_encoded() {
        let address = Address::socket(std::path::Path::new("/tmp/a b"), 5432);
        assert_eq!(
            address.of("new"),
            "postgresql://postgres@%2Ftmp%2Fa%20b:5432/new"
        );
    }
}
