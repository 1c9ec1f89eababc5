//! Channels.

use chrono::{DateTime, Utc};

crate::entity! {
    /// A way to a chatbot: a platform and its settings. `deleted` ones are kept.
    pub Channel = "channels_experimentchannel" as "channel" {
        key ID: i64 = "id";
        tenant TEAM_ID: i64 = "team_id";
        CREATED_AT: DateTime<Utc> = "created_at";
        UPDATED_AT: DateTime<Utc> = "updated_at";
        NAME: String = "name";
        EXPERIMENT_ID: Option<i64> = "experiment_id";
        DELETED: bool = "deleted";
        ENABLED: bool = "enabled";
        DISABLED_MESSAGE: String = "disabled_message";
        PLATFORM: String = "platform";
        MESSAGING_PROVIDER_ID: Option<i64> = "messaging_provider_id";
        WIDGET_VERSION: Option<String> = "widget_version";
        WIDGET_VERSION_UPDATED_AT: Option<DateTime<Utc>> = "widget_version_updated_at";
        REQUIRED_AUTH_LEVEL: i16 = "required_auth_level";
        PENDING_AUTH_LEVEL: Option<i16> = "pending_auth_level";
        AUTH_LEVEL_NOTIFIED_AT: Option<DateTime<Utc>> = "auth_level_notified_at";
        CREDENTIAL_MODE: String = "credential_mode";
    }
}

#[cfg(feature = "uuid")]
impl Channel {
    /// The column `external_id`.
    pub const EXTERNAL_ID: crate::Column<Self, uuid::Uuid> = crate::Column::new("external_id");
}
