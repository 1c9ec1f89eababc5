//! Results that are kept in the database: what a dashboard shows is computed once, and read until it is outdated.

mod schema;
mod validity;

pub use schema::steps;
