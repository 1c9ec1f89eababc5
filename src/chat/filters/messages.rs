//! The filters of the list of messages.

use super::super::{Message, TaggableIds};
use super::columns::{tags_column, version_tags_column};
use crate::filter::{FilterColumn, FilterSet};

/// What the list of messages is filtered by.
///
/// | column | compares | operators |
/// |---|---|---|
/// | `tags` | names of tags on the message itself | any of, all of, excludes |
/// | `last_message` | `created_at` | those of times |
/// | `versions` | the version tag of the answer: `v3`, `3`, `v3-unreleased` | any of, all of, excludes |
///
/// For [`messages`](crate::chat::messages); see [`session_filters`](crate::chat::session_filters) for an example.
#[must_use]
pub fn message_filters(ids: &TaggableIds) -> FilterSet<Message> {
    FilterSet::new()
        .column(tags_column("tags", ids))
        .column(FilterColumn::time("last_message", Message::CREATED_AT))
        .column(version_tags_column("versions", ids))
}
