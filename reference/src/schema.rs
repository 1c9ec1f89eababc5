//! The tables, as text.

/// The tables that the reference data fills, in an order in which each comes after those it refers to.
pub const TABLES: [&str; 21] = [
    "users_customuser",
    "teams_team",
    "teams_membership",
    "django_content_type",
    "pipelines_pipeline",
    "experiments_experiment",
    "experiments_participant",
    "experiments_participantdata",
    "channels_experimentchannel",
    "chat_chat",
    "chat_chatmessage",
    "annotations_tag",
    "annotations_customtaggeditem",
    "experiments_experimentsession",
    "trace_trace",
    "dashboard_dashboardcache",
    "dashboard_dashboardfilter",
    "evaluations_evaluationdataset",
    "evaluations_evaluationmessage",
    "evaluations_evaluationdataset_messages",
    "human_annotations_annotationitem",
];

/// The tables with their primary keys, as one text of several statements for an empty database.
///
/// Types and nullability are the origin's; the column defaults are not, they let a test insert few columns.
pub fn schema() -> &'static str {
    include_str!("schema.sql")
}

/// The origin's foreign keys, one statement each. No load and no test database has them; the reference data
/// satisfies all of them.
pub fn foreign_keys() -> Vec<&'static str> {
    statements(include_str!("foreign_keys.sql"))
}

/// The lines of a file that holds one statement per line.
pub(crate) fn statements(file: &'static str) -> Vec<&'static str> {
    file.lines()
        .map(str::trim)
        .filter(|line| !line.is_empty() && !line.starts_with("--"))
        .collect()
}
