//! The integration tests, on a real PostgreSQL.

mod laws;
mod oracle;
mod world;
