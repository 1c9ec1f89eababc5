//! Participants.

use chrono::{DateTime, Utc};

crate::entity! {
    /// Somebody who talks to chatbots, on one platform.
    pub Participant = "experiments_participant" as "participant" {
        key ID: i64 = "id";
        tenant TEAM_ID: i64 = "team_id";
        CREATED_AT: DateTime<Utc> = "created_at";
        UPDATED_AT: DateTime<Utc> = "updated_at";
        /// `''` if unknown.
        NAME: String = "name";
        /// Unique per team and platform; begins with `anon:` for the anonymous.
        IDENTIFIER: String = "identifier";
        USER_ID: Option<i64> = "user_id";
        PLATFORM: String = "platform";
        REMOTE_ID: String = "remote_id";
    }
}

#[cfg(feature = "uuid")]
impl Participant {
    /// The column `public_id`.
    pub const PUBLIC_ID: crate::Column<Self, uuid::Uuid> = crate::Column::new("public_id");
}

crate::entity! {
    /// That a participant has data with a chatbot; the data themselves are encrypted.
    pub ParticipantData = "experiments_participantdata" as "participant_data" {
        key ID: i64 = "id";
        tenant TEAM_ID: i64 = "team_id";
        CREATED_AT: DateTime<Utc> = "created_at";
        UPDATED_AT: DateTime<Utc> = "updated_at";
        PARTICIPANT_ID: i64 = "participant_id";
        EXPERIMENT_ID: i64 = "experiment_id";
    }
}
