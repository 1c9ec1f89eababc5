//! What the lists are filtered by: the columns of the origin's filters, each with its operators.

mod columns;
mod messages;
mod participants;
mod sessions;
mod traces;

pub use columns::{CHANNELS, family, tags_column, version_tags_column, versions_column};
pub use messages::message_filters;
pub use participants::participant_filters;
pub use sessions::session_filters;
pub use traces::trace_filters;
