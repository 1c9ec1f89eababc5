//! Chatbots and their versions.

use chrono::{DateTime, Utc};

crate::entity! {
    /// A chatbot, or a version of one: `working_version_id` is NULL for the chatbot itself, and names it for its versions.
    pub Experiment = "experiments_experiment" as "experiment" {
        key ID: i64 = "id";
        tenant TEAM_ID: i64 = "team_id";
        CREATED_AT: DateTime<Utc> = "created_at";
        UPDATED_AT: DateTime<Utc> = "updated_at";
        OWNER_ID: i64 = "owner_id";
        NAME: String = "name";
        DESCRIPTION: Option<String> = "description";
        PIPELINE_ID: Option<i64> = "pipeline_id";
        SEED_MESSAGE: String = "seed_message";
        CONSENT_FORM_ID: Option<i64> = "consent_form_id";
        VOICE_PROVIDER_ID: Option<i64> = "voice_provider_id";
        SYNTHETIC_VOICE_ID: Option<i64> = "synthetic_voice_id";
        TRACE_PROVIDER_ID: Option<i64> = "trace_provider_id";
        CONVERSATIONAL_CONSENT_ENABLED: bool = "conversational_consent_enabled";
        VOICE_RESPONSE_BEHAVIOUR: String = "voice_response_behaviour";
        ECHO_TRANSCRIPT: bool = "echo_transcript";
        PARTICIPANT_ALLOWLIST: Vec<String> = "participant_allowlist";
        /// The chatbot of which this is a version; NULL for the chatbot itself.
        WORKING_VERSION_ID: Option<i64> = "working_version_id";
        VERSION_NUMBER: i32 = "version_number";
        /// The published version; at most one per chatbot.
        IS_DEFAULT_VERSION: bool = "is_default_version";
        /// Hidden, with its versions; its sessions stay.
        IS_ARCHIVED: bool = "is_archived";
        VERSION_DESCRIPTION: String = "version_description";
        DEBUG_MODE_ENABLED: bool = "debug_mode_enabled";
        CREATE_VERSION_TASK_ID: String = "create_version_task_id";
        FILE_UPLOADS_ENABLED: bool = "file_uploads_enabled";
    }
}

#[cfg(feature = "uuid")]
impl Experiment {
    /// The column `public_id`.
    pub const PUBLIC_ID: crate::Column<Self, uuid::Uuid> = crate::Column::new("public_id");
}

crate::entity! {
    /// The steps by which a chatbot answers. Chatbots without one are of an older kind.
    pub Pipeline = "pipelines_pipeline" as "pipeline" {
        key ID: i64 = "id";
        tenant TEAM_ID: i64 = "team_id";
        CREATED_AT: DateTime<Utc> = "created_at";
        UPDATED_AT: DateTime<Utc> = "updated_at";
        NAME: String = "name";
        VERSION_NUMBER: i32 = "version_number";
        EDIT_REVISION: i32 = "edit_revision";
        IS_ARCHIVED: bool = "is_archived";
        WORKING_VERSION_ID: Option<i64> = "working_version_id";
    }
}
