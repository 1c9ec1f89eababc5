//! The filters of the list of participants.

use super::super::Participant;
use super::columns::{CHANNELS, participant_column};
use crate::filter::{FilterColumn, FilterSet};

/// What the list of participants is filtered by.
///
/// | column | compares | operators |
/// |---|---|---|
/// | `created_on` | `created_at` | those of times |
/// | `participant` | identifier or name | those of texts |
/// | `remote_id` | `remote_id` | those of texts |
/// | `channels` | `platform`, by the labels [`CHANNELS`](crate::chat::CHANNELS) | any of, excludes |
///
/// For [`participants`](crate::chat::participants); see [`session_filters`](crate::chat::session_filters) for an
/// example.
#[must_use]
pub fn participant_filters() -> FilterSet<Participant> {
    FilterSet::new()
        .column(FilterColumn::time("created_on", Participant::CREATED_AT))
        .column(participant_column())
        .column(FilterColumn::text("remote_id", Participant::REMOTE_ID))
        .column(FilterColumn::labels(
            "channels",
            Participant::PLATFORM,
            CHANNELS,
        ))
}
