//! Statements counted, named and timed, on a real server.

#[cfg(feature = "tokio-postgres")]
mod asynchronous;
mod budget;
mod collecting;
mod counts;
mod heard;
mod housekeeping;
mod scopes;
mod server_statements;
mod spans;
mod support;
mod tagging;
mod targets;
