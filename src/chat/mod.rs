//! Open Chat Studio: its tables, and the values that its lists show.
//!
//! The reference domain of pagewise, and an example of how a host puts its own together: [`tables`] declares
//! entities, this module's relations tie them, [`message_timestamps`], [`version_tags`] and [`chat_tags`] compute
//! what lists show, and [`sessions`] is the list of sessions.
//!
//! Facts about the tables that the definitions here rest on: a chat has at most one session and may have none;
//! a message's team is its chat's; generic links have no foreign key, so they may be orphans or another team's.

mod annotations;
mod content_types;
mod listings;
mod relations;
mod statistics;
pub mod tables;
mod tags;

pub use annotations::{
    MessageTimestamps, chat_tags, human_message_timestamps, message_timestamps, version_tags,
};
pub use content_types::{CHAT, MESSAGE, TAGGABLE, Taggable, TaggableIds};
pub use listings::sessions;
pub use statistics::filter_tables;
pub use tables::*;
pub use tags::{Match, TagKey, Tagged, tagged, version_tagged};

/// The category of the tags that name a version.
const VERSION_CATEGORY: &str = "experiment_version";
