//! The crate on a real PostgreSQL: one binary, a module for each builder or topic.

mod own_tables;
mod sql;
mod statement;
mod support;
