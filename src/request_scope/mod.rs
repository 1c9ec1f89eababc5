//! What is computed once within one request: [`RequestScope`].
//!
//! It keeps results of statements, by their text and values, and whatever else a host computes, by a typed key. It is a
//! value that is passed on, and nothing is left of it after the request; what outlives requests are other caches.

#[cfg(any(feature = "postgres", feature = "tokio-postgres"))]
mod fetch;
mod key;
mod scope;

#[cfg(any(feature = "postgres", feature = "tokio-postgres"))]
pub use fetch::Fetch;
#[cfg(any(feature = "postgres", feature = "tokio-postgres"))]
pub(crate) use fetch::{StatementKey, by_its_own, sealed};
pub use scope::RequestScope;
