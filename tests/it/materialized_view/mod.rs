//! Materialized views: what they keep and give is what plain loops over random rows say; and they live through refreshes of
//! several at once, kills, and changes of their declaration.

mod bad_input;
mod chat_metrics;
mod lifecycle;
mod numbers;
mod others;
mod rebuild;
#[cfg(feature = "tokio-postgres")]
mod tokio;
