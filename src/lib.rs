//! tour

pub mod annotation;
pub mod chat;
pub mod content_type;
pub mod driver;
mod error;
pub mod expression;
pub mod listing;
pub mod order;
pub mod predicate;
mod render;
pub mod schema;
pub mod statement;

pub use sea_query;

pub use annotation::{Annotation, TextOrder};
pub use content_type::{ContentTypeId, ContentTypes};
pub use error::Error;
pub use expression::Expression;
pub use listing::{Cursor, Listing, Page, PageStatement, Strategy, Total};
pub use order::Order;
pub use predicate::Predicate;
pub use schema::{Column, Entity, Relation, ToOne};
pub use statement::Statement;
