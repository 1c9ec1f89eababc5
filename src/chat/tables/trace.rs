//! Traces.

use chrono::{DateTime, Utc};

crate::entity! {
    /// One run of a chatbot, from a message to its answer.
    pub Trace = "trace_trace" as "trace" {
        key ID: i64 = "id";
        tenant TEAM_ID: Option<i64> = "team_id";
        TIMESTAMP: DateTime<Utc> = "timestamp";
        /// `success`, `pending` or `error`.
        STATUS: String = "status";
        EXPERIMENT_ID: Option<i64> = "experiment_id";
        SESSION_ID: Option<i64> = "session_id";
        PARTICIPANT_ID: Option<i64> = "participant_id";
        INPUT_MESSAGE_ID: Option<i64> = "input_message_id";
        OUTPUT_MESSAGE_ID: Option<i64> = "output_message_id";
        /// Milliseconds; 0 while pending.
        DURATION: i32 = "duration";
        /// NULL for a run of the working version.
        EXPERIMENT_VERSION_NUMBER: Option<i32> = "experiment_version_number";
        ERROR: String = "error";
        N_TURNS: Option<i32> = "n_turns";
        N_TOOLCALLS: Option<i32> = "n_toolcalls";
    }
}

#[cfg(feature = "uuid")]
impl Trace {
    /// The column `trace_id`.
    pub const TRACE_ID: crate::Column<Self, uuid::Uuid> = crate::Column::new("trace_id");
}
