//! Random data in PostgreSQL: one statement per table.

use postgres::types::ToSql;
use postgres::{Error, Transaction};

use super::{CHAT_TYPE, MESSAGE_TYPE, OTHER_TYPE, World};

/// One parameter per column: the values of all rows.
macro_rules! insert {
    ($transaction:expr, $table:literal, $rows:expr, $($column:literal: $type:literal = $value:expr),+ $(,)?) => {{
        let columns: Vec<(&str, &str, Box<dyn ToSql + Sync>)> = vec![
            $(($column, $type, Box::new($rows.iter().map($value).collect::<Vec<_>>()))),+
        ];
        insert($transaction, $table, !$rows.is_empty(), &columns)?;
    }};
}

impl World {
    /// Puts the rows into a database without any.
    pub fn insert(&self, transaction: &mut Transaction<'_>) -> Result<(), Error> {
        transaction.batch_execute(&format!(
            "INSERT INTO django_content_type (id, app_label, model) VALUES
             ({CHAT_TYPE}, 'chat', 'chat'), ({MESSAGE_TYPE}, 'chat', 'chatmessage'), ({OTHER_TYPE}, 'legacy', 'chat')"
        ))?;
        insert!(transaction, "users_customuser", self.users,
            "id": "bigint" = |r| r.id, "username": "text" = |r| r.username.clone(), "language": "text" = |r| r.language.clone());
        insert!(transaction, "experiments_participant", self.participants,
            "id": "bigint" = |r| r.id, "team_id": "bigint" = |r| r.team, "name": "text" = |r| r.name.clone(),
            "identifier": "text" = |r| r.identifier.clone(), "user_id": "bigint" = |r| r.user,
            "platform": "text" = |r| r.platform.clone(), "remote_id": "text" = |r| r.remote_id.clone(),
            "created_at": "timestamptz" = |r| r.created_at);
        insert!(transaction, "experiments_experiment", self.experiments,
            "id": "bigint" = |r| r.id, "team_id": "bigint" = |r| r.team, "owner_id": "bigint" = |r| r.owner,
            "name": "text" = |r| r.name.clone(), "description": "text" = |r| r.description.clone(),
            "pipeline_id": "bigint" = |r| r.pipeline, "working_version_id": "bigint" = |r| r.working_version, "version_number": "integer" = |r| r.version_number,
            "participant_allowlist": "text" = |r| braces(&r.allowlist),
            "is_archived": "boolean" = |r| r.is_archived, "created_at": "timestamptz" = |r| r.created_at);
        insert!(transaction, "chat_chat", self.chats,
            "id": "bigint" = |r| r.id, "team_id": "bigint" = |r| r.team, "name": "text" = |r| r.name.clone());
        self.insert_sessions(transaction)?;
        insert!(transaction, "chat_chatmessage", self.messages,
            "id": "bigint" = |r| r.id, "chat_id": "bigint" = |r| r.chat, "created_at": "timestamptz" = |r| r.created_at,
            "message_type": "text" = |r| r.kind.clone(), "content": "text" = |r| r.content.clone(), "summary": "text" = |r| r.summary.clone());
        insert!(transaction, "annotations_tag", self.tags,
            "id": "bigint" = |r| r.id, "team_id": "bigint" = |r| r.team, "name": "text" = |r| r.name.clone(),
            "category": "text" = |r| r.category.clone(), "is_system_tag": "boolean" = |r| r.is_system, "created_by_id": "bigint" = |r| r.created_by);
        insert!(transaction, "annotations_customtaggeditem", self.items,
            "id": "bigint" = |r| r.id, "team_id": "bigint" = |r| r.team, "content_type_id": "integer" = |r| r.content_type,
            "object_id": "integer" = |r| r.object, "tag_id": "bigint" = |r| r.tag);
        insert!(transaction, "trace_trace", self.traces,
            "id": "bigint" = |r| r.id, "team_id": "bigint" = |r| r.team, "timestamp": "timestamptz" = |r| r.timestamp,
            "status": "text" = |r| r.status.clone(), "experiment_id": "bigint" = |r| r.experiment, "session_id": "bigint" = |r| r.session,
            "participant_id": "bigint" = |r| r.participant, "input_message_id": "bigint" = |r| r.input,
            "output_message_id": "bigint" = |r| r.output, "experiment_version_number": "integer" = |r| r.version,
            "duration": "integer" = |r| r.duration, "n_turns": "integer" = |r| r.turns);
        insert!(transaction, "channels_experimentchannel", self.channels,
            "id": "bigint" = |r| r.id, "team_id": "bigint" = |r| r.team, "experiment_id": "bigint" = |r| r.experiment,
            "platform": "text" = |r| r.platform.clone(), "deleted": "boolean" = |r| r.deleted);
        self.insert_picked(transaction)
    }

    /// What sessions were picked for.
    fn insert_picked(&self, transaction: &mut Transaction<'_>) -> Result<(), Error> {
        insert!(transaction, "evaluations_evaluationdataset", self.datasets,
            "id": "bigint" = |r| r.id, "team_id": "bigint" = |r| r.team);
        insert!(transaction, "evaluations_evaluationmessage", self.evaluation_messages,
            "id": "bigint" = |r| r.id, "session_id": "bigint" = |r| r.session);
        insert!(transaction, "evaluations_evaluationdataset_messages", self.dataset_messages,
            "id": "bigint" = |r| r.id, "evaluationdataset_id": "bigint" = |r| r.dataset,
            "evaluationmessage_id": "bigint" = |r| r.message);
        insert!(transaction, "human_annotations_annotationitem", self.annotation_items,
            "id": "bigint" = |r| r.id, "team_id": "bigint" = |r| r.team, "queue_id": "bigint" = |r| r.queue,
            "session_id": "bigint" = |r| r.session, "message_id": "bigint" = |r| r.message);
        Ok(())
    }

    /// Puts the sessions into a database that has none.
    pub fn insert_sessions(&self, transaction: &mut Transaction<'_>) -> Result<(), Error> {
        insert!(transaction, "experiments_experimentsession", self.sessions,
            "id": "bigint" = |r| r.id, "team_id": "bigint" = |r| r.team, "created_at": "timestamptz" = |r| r.created_at,
            "external_id": "text" = |r| r.external_id.clone(), "session_token_required": "boolean" = |r| r.token_required,
            "participant_id": "bigint" = |r| r.participant, "experiment_id": "bigint" = |r| r.experiment,
            "chat_id": "bigint" = |r| r.chat, "status": "text" = |r| r.status.clone(), "ended_at": "timestamptz" = |r| r.ended_at,
            "first_activity_at": "timestamptz" = |r| r.first_activity_at,
            "last_activity_at": "timestamptz" = |r| r.last_activity_at, "platform": "text" = |r| r.platform.clone(),
            // unnest would take an array of arrays apart.
            "experiment_versions": "text" = |r| r.versions.as_ref().map(|versions| braces(versions)));
        Ok(())
    }
}

fn braces(elements: &[impl ToString]) -> String {
    let elements: Vec<String> = elements.iter().map(ToString::to_string).collect();
    format!("{{{}}}", elements.join(","))
}

fn insert(
    transaction: &mut Transaction<'_>,
    table: &str,
    any: bool,
    columns: &[(&str, &str, Box<dyn ToSql + Sync>)],
) -> Result<(), Error> {
    if !any {
        return Ok(());
    }
    let mut names = Vec::new();
    let mut values = Vec::new();
    let mut arrays = Vec::new();
    for (at, (name, data_type, _)) in columns.iter().enumerate() {
        names.push(format!("\"{name}\""));
        values.push(match *name {
            "experiment_versions" => format!("c{at}::integer[]"),
            "participant_allowlist" => format!("c{at}::text[]"),
            _ => format!("c{at}"),
        });
        arrays.push((format!("${}::{data_type}[]", at + 1), format!("c{at}")));
    }
    let (arrays, aliases): (Vec<_>, Vec<_>) = arrays.into_iter().unzip();
    let text = format!(
        "INSERT INTO {table} ({}) SELECT {} FROM unnest({}) AS r ({})",
        names.join(", "),
        values.join(", "),
        arrays.join(", "),
        aliases.join(", "),
    );
    let parameters: Vec<&(dyn ToSql + Sync)> =
        columns.iter().map(|(_, _, values)| &**values).collect();
    transaction.execute(&text, &parameters)?;
    Ok(())
}
