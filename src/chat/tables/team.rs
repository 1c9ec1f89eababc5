//! Teams and their users.

use chrono::{DateTime, Utc};

crate::entity! {
    /// A team: the tenant to whom everything else belongs.
    pub Team = "teams_team" as "team" {
        key ID: i64 = "id";
        tenant key;
        CREATED_AT: DateTime<Utc> = "created_at";
        UPDATED_AT: DateTime<Utc> = "updated_at";
        NAME: String = "name";
        SLUG: String = "slug";
        CREATED_BY_ID: Option<i64> = "created_by_id";
        IS_MIGRATING: bool = "is_migrating";
    }
}

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
