//! Django's content types: which number stands for which model, cached.
//!
//! The number differs per database, so it is asked for, once: [`ContentTypes`] is a cache for one database,
//! [`ContentTypesByDatabase`] has one for each of several.

mod answer;
mod by_database;
mod cache;
mod counts;
mod model;
mod name;
#[cfg(any(feature = "postgres", feature = "tokio-postgres"))]
mod resolve;
mod set;
mod statement;

pub use by_database::ContentTypesByDatabase;
pub use cache::{ContentTypes, Generation};
pub use counts::Counts;
pub use model::{ContentType, ContentTypeId};
pub use set::{ContentTypeSet, Names};

crate::entity! {
    /// Django's table of content types; the same for every tenant.
    pub DjangoContentType = "django_content_type" as "content_type" {
        key ID: i32 = "id";
        shared;
        /// The Django application.
        APP_LABEL: String = "app_label";
        /// The model's class name in lower case.
        MODEL: String = "model";
    }
}
