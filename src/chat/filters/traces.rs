//! The filters of the list of traces.

use super::super::{Participant, Session, TaggableIds, Trace};
use super::columns::{experiment_column, participant_column, tags_column, version_column};
use crate::filter::{FilterColumn, FilterSet, Selectivity};

/// What the list of traces is filtered by. A trace whose session, participant or chatbot is gone has none of what is
/// asked for: it is left out, and kept by what excludes.
///
/// | column | compares | operators |
/// |---|---|---|
/// | `participant` | the participant's identifier or name | those of texts |
/// | `session_id` | the session's `external_id`, upper and lower case alike unless by `any of` | those of texts |
/// | `timestamp` | `timestamp` | those of times |
/// | `message_tags` | names of tags on the input or the output message | any of, all of, excludes |
/// | `remote_id` | the participant's `remote_id` | any of, excludes |
/// | `experiment` | ids of chatbots, their versions included | any of, all of, excludes |
/// | `versions` | `experiment_version_number`: `v3`, `3` | any of, all of, excludes |
/// | `status` | `status` | any of, excludes |
///
/// For [`traces`](crate::chat::traces); see [`session_filters`](crate::chat::session_filters) for an example.
#[must_use]
pub fn trace_filters(ids: &TaggableIds) -> FilterSet<Trace> {
    let session_id = FilterColumn::text_ignoring_case("session_id", Session::EXTERNAL_ID);
    let remote_id = FilterColumn::choice("remote_id", Participant::REMOTE_ID);
    FilterSet::new()
        .column(FilterColumn::through(
            Trace::participant(),
            participant_column(),
        ))
        .column(FilterColumn::through(Trace::session(), session_id))
        .column(FilterColumn::time("timestamp", Trace::TIMESTAMP))
        .column(tags_column("message_tags", ids))
        .column(FilterColumn::through(Trace::participant(), remote_id))
        .column(experiment_column(Trace::experiment()))
        .column(version_column("versions", Trace::EXPERIMENT_VERSION_NUMBER))
        .column(FilterColumn::choice("status", Trace::STATUS).selectivity(Selectivity::High))
}
