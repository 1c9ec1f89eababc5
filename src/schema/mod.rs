//! The host's tables as Rust types: [`Entity`], [`Column`], [`Relation`], and the [`entity!`](crate::entity) macro.
//!
//! This module owns what is *declared* about tables. What is *said* about their rows (conditions, orders,
//! computed values) is built from these words in [`predicate`](crate::predicate),
//! [`expression`](crate::expression) and [`annotation`](crate::annotation).

mod column;
mod data_type;
mod entity;
mod links;
mod macros;
mod relation;
mod value;

pub use column::Column;
pub(crate) use data_type::null;
pub use data_type::{DataType, SqlType};
pub use entity::{Entity, EntityDefinition, Tenancy};
pub use links::Links;
pub use relation::{Relation, ToOne};
pub use value::{IntoSql, Tenant};

pub(crate) use entity::Definition;
pub(crate) use relation::{Hop, Path, To};
