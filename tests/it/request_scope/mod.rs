//! What is computed once within one request.

mod statements;
#[cfg(feature = "tokio-postgres")]
mod tasks;
mod values;
