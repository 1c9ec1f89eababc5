//! How a throw-away server is set up.

/// Settings of a throw-away server, for [`Server::start`](crate::Server::start).
///
/// The default suits tests: nothing survives a crash (`fsync`, `full_page_writes` and `synchronous_commit` are off),
/// no autovacuum, 200 connections, 256 MB of shared buffers, `jit` as the server has it. Benches ask for more memory.
///
/// # Example
///
/// ```
/// use pagewise_reference::ServerOptions;
///
/// let options = ServerOptions::default().shared_buffers("2GB").setting("random_page_cost", "1.1");
/// # let _ = options;
/// ```
#[derive(Debug, Clone)]
pub struct ServerOptions {
    settings: Vec<(String, String)>,
    loopback: bool,
}

impl Default for ServerOptions {
    fn default() -> Self {
        let defaults = [
            ("fsync", "off"),
            ("full_page_writes", "off"),
            ("synchronous_commit", "off"),
            ("max_connections", "200"),
            ("shared_buffers", "256MB"),
            // A load writes gigabytes at once; checkpoints in between only slow it down.
            ("max_wal_size", "4GB"),
            ("autovacuum", "off"),
        ];
        ServerOptions {
            settings: defaults
                .map(|(name, value)| (name.to_owned(), value.to_owned()))
                .to_vec(),
            loopback: false,
        }
    }
}

impl ServerOptions {
    /// The memory for shared buffers, as PostgreSQL writes sizes: `"2GB"`.
    #[must_use]
    pub fn shared_buffers(self, size: &str) -> Self {
        self.setting("shared_buffers", size)
    }

    /// Whether the server vacuums by itself.
    #[must_use]
    pub fn autovacuum(self, on: bool) -> Self {
        self.setting("autovacuum", if on { "on" } else { "off" })
    }

    /// Any setting of `postgresql.conf`; the last value of a name counts.
    #[must_use]
    pub fn setting(mut self, name: &str, value: &str) -> Self {
        self.settings.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Whether to listen on a port of the loopback interface instead of a unix socket: for clients without sockets.
    /// Every local user may then connect.
    #[must_use]
    pub fn loopback(mut self, on: bool) -> Self {
        self.loopback = on;
        self
    }

    pub(super) fn settings(&self) -> &[(String, String)] {
        &self.settings
    }

    pub(super) fn wants_loopback(&self) -> bool {
        self.loopback
    }
}
