//! The way back: switches between the strategies, both compared in shadow mode, and a guard with a time limit.

mod guard;
mod requests;
mod shadow;
mod switch;
#[cfg(feature = "tokio-postgres")]
mod through_tokio;
mod worlds;
