//! The crate on a real PostgreSQL: one binary, a module for each builder or topic.

mod sql;
mod statement;
mod support;
