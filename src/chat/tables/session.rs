//! Sessions.

use chrono::{DateTime, Utc};

crate::entity! {
    /// A conversation of a participant with a chatbot.
    ///
    /// Its messages belong to its chat: one chat has at most one session.
    pub Session = "experiments_experimentsession" as "session" {
        key ID: i64 = "id";
        tenant TEAM_ID: i64 = "team_id";
        CREATED_AT: DateTime<Utc> = "created_at";
        UPDATED_AT: DateTime<Utc> = "updated_at";
        /// The session's public name: mostly a UUID as text.
        EXTERNAL_ID: String = "external_id";
        SESSION_TOKEN_REQUIRED: bool = "session_token_required";
        PARTICIPANT_ID: i64 = "participant_id";
        /// `setup`, `pending`, `active`, `pending-review`, `complete` or `unknown`.
        STATUS: String = "status";
        CONSENT_DATE: Option<DateTime<Utc>> = "consent_date";
        ENDED_AT: Option<DateTime<Utc>> = "ended_at";
        REVIEWED_AT: Option<DateTime<Utc>> = "reviewed_at";
        EXPERIMENT_ID: i64 = "experiment_id";
        CHAT_ID: i64 = "chat_id";
        SEED_TASK_ID: String = "seed_task_id";
        EXPERIMENT_CHANNEL_ID: Option<i64> = "experiment_channel_id";
        /// Where the participant writes; `evaluations` for evaluation runs. NULL in old rows.
        PLATFORM: Option<String> = "platform";
        /// The published versions that answered, in the order of their first answer. Kept by the application.
        EXPERIMENT_VERSIONS: Option<Vec<i32>> = "experiment_versions";
        /// When the participant was last active. Kept by the application; not the time of a message.
        LAST_ACTIVITY_AT: Option<DateTime<Utc>> = "last_activity_at";
        /// When the participant was first active. Kept by the application; not the time of a message.
        FIRST_ACTIVITY_AT: Option<DateTime<Utc>> = "first_activity_at";
    }
}
