//! What the reports on what writing costs share: what their command line says, and how ways are beside each other.

pub mod costs;
pub mod options;

use std::error::Error;

/// What may go wrong ends the report.
pub type Fallible<T> = Result<T, Box<dyn Error>>;
