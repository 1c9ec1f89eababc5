//! The dashboard, number by number: what it says of random rows, at places whose clocks are changed, is what plain loops
//! over the rows say.

mod bad_input;
#[cfg(feature = "cache")]
mod cached;
pub mod compare;
pub mod data;
mod laws;
mod numbers;
mod oracle;
pub mod parity;
pub mod request;
mod sql;
mod traps;
