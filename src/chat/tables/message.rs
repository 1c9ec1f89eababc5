//! Chats and their messages.

use chrono::{DateTime, Utc};

crate::entity! {
    /// What messages and chat tags hang on. A chat may have no session.
    pub Chat = "chat_chat" as "chat" {
        key ID: i64 = "id";
        tenant TEAM_ID: i64 = "team_id";
        CREATED_AT: DateTime<Utc> = "created_at";
        UPDATED_AT: DateTime<Utc> = "updated_at";
        NAME: String = "name";
        TRANSLATED_LANGUAGES: Option<Vec<String>> = "translated_languages";
    }
}

crate::entity! {
    /// A message of a chat. It has no team of its own: its chat has.
    pub Message = "chat_chatmessage" as "message" {
        key ID: i64 = "id";
        tenant through CHAT_ID => Chat;
        /// When it was written; messages may be written with a time of their own.
        CREATED_AT: DateTime<Utc> = "created_at";
        UPDATED_AT: DateTime<Utc> = "updated_at";
        CHAT_ID: i64 = "chat_id";
        /// `human`, `ai` or `system`.
        MESSAGE_TYPE: String = "message_type";
        CONTENT: String = "content";
        SUMMARY: Option<String> = "summary";
    }
}
