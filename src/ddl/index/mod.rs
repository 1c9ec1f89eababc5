//! Indexes that a host wants: [`IndexSpec`] says which, [`IndexDefinition`] is what it comes to.
//!
//! A spec is typed over its table, so that a column of another one does not compile. Built, it has a name, the statements
//! that make and drop the index, and the comparison with those that exist ([`catalog::Index`](crate::catalog::Index)).
//!
//! This module owns what an index is and how it is written. Making it on a database that is in use, and only if it is
//! not there, is a step of a [`Migration`](super::Migration).

mod compare;
mod definition;
mod method;
mod name;
pub(crate) mod node;
mod part;
mod spec;
mod sql;
mod write;

pub use definition::IndexDefinition;
pub use method::IndexMethod;
pub use part::IndexPart;
pub use spec::IndexSpec;
pub use sql::{CreateIndex, DropIndex};
