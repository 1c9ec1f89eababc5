//! The crate on a real PostgreSQL: one binary, a module for each law, builder or topic.

mod aggregate;
mod bad_input;
#[cfg(feature = "cache")]
mod cache;
#[cfg(feature = "cache")]
mod cache_invalidation;
#[cfg(feature = "cache")]
mod cache_refresh;
mod catalog;
mod chatbots;
mod content_types;
mod counter;
mod counting;
mod cursors;
mod dashboard;
mod dates;
mod ddl_index;
mod filters;
mod laws;
mod links;
mod materialized_view;
mod migration;
#[cfg(feature = "monitor")]
mod monitor;
mod mood;
mod names;
mod oracle;
mod order_forms;
mod over_time;
mod own_links;
mod own_tables;
#[cfg(feature = "plan")]
mod plan;
mod postgres_driver;
#[cfg(feature = "query-string")]
mod query_string;
mod request_scope;
mod rows;
mod scene;
mod sql;
mod statement;
mod statistics;
mod support;
mod through;
#[cfg(feature = "tokio-postgres")]
mod tokio_driver;
mod way_back;
mod world;
