//! What is written, what is kept of it, and what that has to be: the tables, by SQL and in plain maps.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use pagewise::cache::{CacheKind, Tier};

/// A table: its name, what tells the team, what is read of it, the values of that, and what else a row has to have.
pub struct Table {
    pub name: &'static str,
    pub of: &'static str,
    pub column: &'static str,
    pub values: [&'static str; 2],
    pub besides: &'static str,
    pub beside: &'static str,
}

pub const CHATS: usize = 0;
pub const MESSAGES: usize = 1;

pub const fn table(
    name: &'static str,
    (of, column): (&'static str, &'static str),
    values: [&'static str; 2],
    (besides, beside): (&'static str, &'static str),
) -> Table {
    Table {
        name,
        of,
        column,
        values,
        besides,
        beside,
    }
}

pub const TABLES: [Table; 9] = [
    table("chat_chat", ("team_id", "id"), ["", ""], ("", "")),
    table(
        "chat_chatmessage",
        ("chat_id", "message_type"),
        ["human", "ai"],
        ("", ""),
    ),
    table(
        "experiments_experimentsession",
        ("team_id", "status"),
        ["active", "setup"],
        (", participant_id, experiment_id, chat_id", ", 1, 1, {id}"),
    ),
    table(
        "experiments_participant",
        ("team_id", "name"),
        ["Ann", "Bob"],
        ("", ""),
    ),
    table(
        "experiments_experiment",
        ("team_id", "is_archived"),
        ["true", "false"],
        (", owner_id, name, version_number", ", 1, 'bot', 1"),
    ),
    table(
        "annotations_tag",
        ("team_id", "category"),
        ["", "error"],
        (", name, slug", ", 'tag {id}', 'tag-{id}'"),
    ),
    table(
        "annotations_customtaggeditem",
        ("team_id", "tag_id"),
        ["1", "2"],
        (", content_type_id, object_id", ", 1, {id}"),
    ),
    table(
        "channels_experimentchannel",
        ("team_id", "deleted"),
        ["true", "false"],
        (", platform", ", 'telegram'"),
    ),
    table(
        "trace_trace",
        ("team_id", "status"),
        ["success", "error"],
        ("", ""),
    ),
];

/// Also what is outdated is seen.
pub const TIER: Tier = Tier::TREND.stale_for(Duration::from_secs(3600));

pub const KINDS: [CacheKind<String>; 4] = [
    CacheKind::new("turns", TIER, &["chat_chat", "chat_chatmessage"]),
    CacheKind::new(
        "people",
        TIER,
        &["experiments_experimentsession", "experiments_participant"],
    ),
    CacheKind::new(
        "tags",
        TIER,
        &["annotations_tag", "annotations_customtaggeditem"],
    ),
    CacheKind::new(
        "bots",
        TIER,
        &[
            "channels_experimentchannel",
            "experiments_experiment",
            "trace_trace",
        ],
    ),
];

/// Rows by table and id: whose, and which of the values.
pub type Rows = BTreeMap<(usize, i64), (i64, usize)>;

#[derive(Clone, Debug)]
pub enum Change {
    Put((usize, i64), (i64, usize)),
    Gone((usize, i64)),
    Emptied(usize),
}

pub fn apply(rows: &mut Rows, changes: &[Change]) {
    for change in changes {
        match change {
            Change::Put(key, row) => {
                rows.insert(*key, *row);
            }
            Change::Gone(key) => {
                rows.remove(key);
            }
            Change::Emptied(table) => rows.retain(|(of, _), _| of != table),
        }
    }
}

/// What a kind says of a team, by the rows.
pub fn value(rows: &Rows, kind: usize, team: i64) -> String {
    let sources: BTreeSet<_> = KINDS[kind].sources().iter().copied().collect();
    let mut lines = Vec::new();
    for (at, table) in TABLES.iter().enumerate() {
        if !sources.contains(table.name) {
            continue;
        }
        for ((of, id), (owner, value)) in rows {
            let owner = match at {
                MESSAGES => rows.get(&(CHATS, *owner)).map(|(team, _)| *team),
                _ => Some(*owner),
            };
            if *of == at && owner == Some(team) {
                let value = match at {
                    CHATS => id.to_string(),
                    _ => table.values[*value].to_owned(),
                };
                lines.push(format!("{}:{id}={value}", table.name));
            }
        }
    }
    lines.sort();
    lines.join(",")
}

/// The same, by SQL.
pub fn query(kind: usize, team: i64) -> String {
    let parts: Vec<_> = KINDS[kind]
        .sources()
        .iter()
        .map(|name| {
            let table = TABLES.iter().find(|table| table.name == *name).unwrap();
            let (column, of) = (table.column, table.of);
            let team_of = match of {
                "chat_id" => "(SELECT team_id FROM chat_chat WHERE chat_chat.id = chat_id)",
                _ => "team_id",
            };
            format!("SELECT '{name}:' || id || '=' || {column}::text AS line FROM {name} WHERE {team_of} = {team}")
        })
        .collect();
    format!(
        "SELECT coalesce(string_agg(line, ',' ORDER BY line COLLATE \"C\"), '') FROM ({}) AS lines",
        parts.join(" UNION ALL ")
    )
}
