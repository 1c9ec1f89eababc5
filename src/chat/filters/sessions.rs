//! The filters of the list of sessions.

use super::super::{Message, Participant, Session, TaggableIds};
use super::columns::{
    CHANNELS, experiment_column, participant_column, tags_column, versions_column,
};
use crate::expression::coalesce;
use crate::filter::{FilterColumn, FilterSet, Selectivity};

/// What the list of sessions is filtered by.
///
/// | column | compares | operators |
/// |---|---|---|
/// | `participant` | the participant's identifier or name | those of texts |
/// | `last_activity` | `last_activity_at`, without it `created_at` | those of times |
/// | `last_message` | `last_activity_at`: when the participant last wrote | those of times |
/// | `first_message` | `first_activity_at`: when the participant first wrote | those of times |
/// | `message_date` | when any message of the session was written | those of times |
/// | `tags` | names of tags on the session's chat or its messages | any of, all of, excludes |
/// | `versions` | `experiment_versions`: `v3`, `3` | any of, all of, excludes |
/// | `channels` | `platform`, by the labels [`CHANNELS`](crate::chat::CHANNELS) | any of, excludes |
/// | `experiment` | ids of chatbots, their versions included | any of, all of, excludes |
/// | `state` | `status` | any of, excludes |
/// | `remote_id` | the participant's `remote_id` | any of, excludes |
/// | `session_id` | `external_id`, upper and lower case alike unless by `any of` | those of texts |
///
/// # Example
///
/// ```
/// use chrono::Utc;
/// use pagewise::chat::{self, TaggableIds};
/// use pagewise::filter::{FilterRequest, Viewer};
/// use pagewise::{ContentTypeId, Page};
///
/// // In a service: `ContentTypes::resolve(client, &chat::TAGGABLE)?`.
/// let ids = TaggableIds { chat: ContentTypeId::new(7), message: ContentTypeId::new(8) };
/// let asked = [
///     FilterRequest::new("tags", "excludes", ["spam"]),
///     FilterRequest::new("versions", "any of", ["v2", "v3"]),
///     FilterRequest::new("last_activity", "range", ["30d"]),
/// ];
/// let pipeline = chat::session_filters(&ids).read(&asked, &Viewer::at(Utc::now()))?;
/// let page = chat::sessions().tenant(7).filter_all(&pipeline).page(Page::first(25)).build()?;
/// println!("{}\n{page:#}", pipeline.report());
/// # Ok::<(), pagewise::Error>(())
/// ```
#[must_use]
pub fn session_filters(ids: &TaggableIds) -> FilterSet<Session> {
    let last_activity = coalesce(Session::LAST_ACTIVITY_AT, Session::CREATED_AT);
    let message_date = FilterColumn::time("message_date", Message::CREATED_AT);
    let remote_id = FilterColumn::choice("remote_id", Participant::REMOTE_ID);
    FilterSet::new()
        .column(FilterColumn::through(
            Session::participant(),
            participant_column(),
        ))
        .column(FilterColumn::time("last_activity", last_activity))
        .column(FilterColumn::time(
            "last_message",
            Session::LAST_ACTIVITY_AT,
        ))
        .column(FilterColumn::time(
            "first_message",
            Session::FIRST_ACTIVITY_AT,
        ))
        .column(FilterColumn::through(Session::messages(), message_date))
        .column(tags_column("tags", ids))
        .column(versions_column("versions", Session::EXPERIMENT_VERSIONS))
        .column(FilterColumn::labels(
            "channels",
            Session::PLATFORM,
            CHANNELS,
        ))
        .column(experiment_column(Session::experiment()))
        .column(FilterColumn::choice("state", Session::STATUS).selectivity(Selectivity::High))
        .column(FilterColumn::through(Session::participant(), remote_id))
        .column(FilterColumn::text_ignoring_case(
            "session_id",
            Session::EXTERNAL_ID,
        ))
}
