//! Users and their teams.

use chrono::{DateTime, Utc};

crate::entity! {
    /// A user of the application; may belong to several teams.
    pub User = "users_customuser" as "user" {
        key ID: i64 = "id";
        shared;
        LAST_LOGIN: Option<DateTime<Utc>> = "last_login";
        IS_SUPERUSER: bool = "is_superuser";
        USERNAME: String = "username";
        FIRST_NAME: String = "first_name";
        LAST_NAME: String = "last_name";
        EMAIL: String = "email";
        IS_STAFF: bool = "is_staff";
        IS_ACTIVE: bool = "is_active";
        DATE_JOINED: DateTime<Utc> = "date_joined";
        AVATAR: String = "avatar";
        LANGUAGE: Option<String> = "language";
    }
}

crate::entity! {
    /// That a user belongs to a team.
    pub Membership = "teams_membership" as "membership" {
        key ID: i64 = "id";
        tenant TEAM_ID: i64 = "team_id";
        CREATED_AT: DateTime<Utc> = "created_at";
        UPDATED_AT: DateTime<Utc> = "updated_at";
        USER_ID: i64 = "user_id";
    }
}
