//! The crate on a real PostgreSQL: one binary, a module for each law, builder or topic.

mod laws;
mod oracle;
mod own_tables;
mod sql;
mod statement;
mod support;
mod world;
