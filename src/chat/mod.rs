//! Open Chat Studio: its tables, and the values that its lists show.
//!
//! The reference domain of pagewise, and an example of how a host puts its own together: [`tables`] declares
//! entities, this module's relations tie them, [`message_timestamps`], [`version_tags`] and [`chat_tags`] compute
//! what lists show, [`sessions`], [`messages`],
//! [`traces`], [`participants`] and [`chatbots`] are lists, [`dataset_sessions`] and [`annotation_queue_sessions`] those
//! that sessions are picked from, and [`session_filters`] and its like what they are filtered by.
//!
//! Facts about the tables that the definitions here rest on: a chat has at most one session and may have none;
//! a message's team is its chat's; generic links have no foreign key, so they may be orphans or another team's.

mod annotations;
#[cfg(feature = "cache")]
mod cache_sources;
mod chatbot_numbers;
mod chatbots;
mod content_types;
mod counters;
pub mod dashboard;
mod filters;
mod indexes;
mod listings;
mod metrics;
mod pickers;
mod relations;
mod statistics;
pub mod tables;
mod tags;
mod trends;
mod version;

pub use annotations::{
    MessageTimestamps, chat_tags, human_message_timestamps, message_timestamps, version_tags,
};
#[cfg(feature = "cache")]
pub use cache_sources::cache_sources;
pub use chatbot_numbers::{
    ChatbotNumbers, ChatbotTraceNumbers, chatbot_numbers, chatbot_trace_numbers,
};
pub use chatbots::{chatbot_search, chatbot_sort_fields, chatbots, chatbots_with_archived};
pub use content_types::{CHAT, MESSAGE, TAGGABLE, Taggable, TaggableIds};
pub use counters::{chatbot_sessions, session_messages};
pub use filters::{
    CHANNELS, family, message_filters, participant_filters, session_filters, tags_column,
    trace_filters, version_tags_column, versions_column,
};
pub use indexes::{ChatIndex, Standing, WantedBy, index_migration, indexes};
pub use listings::{messages, participants, sessions, traces};
pub use metrics::{MessageMetrics, SessionMetrics, message_metrics, session_metrics};
pub use pickers::{annotation_queue_sessions, dataset_sessions};
pub use statistics::filter_tables;
pub use tables::*;
pub use tags::{Match, TagKey, Tagged, tagged, version_tagged};
pub use trends::{ChatbotTrends, chatbot_trends};
pub use version::Version;

/// The platform of sessions in which chatbots are evaluated, and not used by people.
const EVALUATIONS: &str = "evaluations";

/// The category of the tags that name a version.
const VERSION_CATEGORY: &str = "experiment_version";
