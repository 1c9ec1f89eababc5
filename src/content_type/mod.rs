//! Django's content types: which number stands for which model, cached.
//!
//! The number differs per database, so it is asked for, once: [`ContentTypes`] is a cache for one database.

mod cache;
mod model;
#[cfg(any(feature = "postgres", feature = "tokio-postgres"))]
mod resolve;
mod set;

pub use cache::ContentTypes;
pub use model::{ContentType, ContentTypeId};
pub use set::ContentTypeSet;

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
