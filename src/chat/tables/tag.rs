//! Tags and what has them.

use chrono::{DateTime, Utc};

crate::entity! {
    /// A tag of a team. The same name may exist several times: by hand and by the system, and once per category.
    pub Tag = "annotations_tag" as "tag" {
        key ID: i64 = "id";
        tenant TEAM_ID: i64 = "team_id";
        SLUG: String = "slug";
        CREATED_AT: DateTime<Utc> = "created_at";
        UPDATED_AT: DateTime<Utc> = "updated_at";
        NAME: String = "name";
        CREATED_BY_ID: Option<i64> = "created_by_id";
        IS_SYSTEM_TAG: bool = "is_system_tag";
        /// `''` for tags of users; `experiment_version`, `bot_response`, `response_rating`, ...
        CATEGORY: String = "category";
    }
}

crate::entity! {
    /// That an object has a tag. The object is named by content type and id: no foreign key keeps it from being gone, or another team's.
    pub TaggedItem = "annotations_customtaggeditem" as "tagged_item" {
        key ID: i64 = "id";
        /// May disagree with the team of the tag, and of the object.
        tenant TEAM_ID: i64 = "team_id";
        /// The key of the tagged object: 4 bytes, though keys have 8.
        OBJECT_ID: i32 = "object_id";
        CREATED_AT: DateTime<Utc> = "created_at";
        UPDATED_AT: DateTime<Utc> = "updated_at";
        CONTENT_TYPE_ID: i32 = "content_type_id";
        TAG_ID: i64 = "tag_id";
        USER_ID: Option<i64> = "user_id";
    }
}
