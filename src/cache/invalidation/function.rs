//! The function that the triggers of a table call.

use super::source::{SourceNode, is_same, own_column};
use super::sources::Sources;
use crate::cache::schema::NOTES;
use crate::ddl::counter::fingerprint::fingerprint;
use crate::ddl::counter::function::quote;
use crate::ddl::text::{identifier, in_schema, literal};
use crate::error::Error;
use crate::schema::EntityDefinition;

/// On which channel notes are sent.
pub(super) const CHANNEL: &str = "pagewise_cache";
/// How the names of the functions and triggers begin.
pub(super) const PREFIX: &str = "pagewise_note";
/// How much of a table's name stands in its function's.
const TABLE_BYTES: usize = 38;

/// A function, with its name and the statement that makes it.
pub(super) struct Function {
    pub name: String,
    pub create: String,
}

/// A table by its full name: the search path of who writes does not matter.
pub(super) fn table(sources: &Sources, definition: &EntityDefinition) -> String {
    in_schema(
        Some(definition.schema.unwrap_or(&sources.schema)),
        definition.table,
    )
}

/// The function of a source.
///
/// The name has a fingerprint of the text, so that another declaration is another function, which takes the old one's place
/// where the triggers are made: with the lock that waits for whoever is in the old one.
pub(super) fn function(sources: &Sources, node: &SourceNode) -> Result<Function, Error> {
    let code = code(sources, node)?;
    let table_name = node.definition.table;
    let mut end = table_name.len().min(TABLE_BYTES);
    while !table_name.is_char_boundary(end) {
        end -= 1;
    }
    let mark = fingerprint(&[&code]) >> 32;
    let name = in_schema(
        Some(&sources.schema),
        &format!("{PREFIX}_{}_{mark:08x}", &table_name[..end]),
    );
    let quote = quote(&code);
    // Everything is named in full; the path is for operators and types.
    let create = format!(
        "CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql\n  SET search_path TO pg_catalog, pg_temp\n  SET jit \
         TO off\nAS {quote}{code}{quote}"
    );
    Ok(Function { name, create })
}

fn code(sources: &Sources, node: &SourceNode) -> Result<String, Error> {
    let note = |rows: &str| -> Result<String, Error> {
        Ok(insert(sources, node.name(), &teams(sources, node, rows)?))
    };
    let changed = match columns(node) {
        None => "SELECT * FROM added UNION ALL SELECT * FROM removed".to_owned(),
        Some(columns) => format!(
            "(SELECT {columns} FROM added EXCEPT ALL SELECT {columns} FROM removed) UNION ALL\n      (SELECT {columns} FROM \
             removed EXCEPT ALL SELECT {columns} FROM added)"
        ),
    };
    let changed = match own_column(node.definition) {
        // Only what tells the team is wanted of rows that may have columns without an equality.
        Some(column) if columns(node).is_none() => {
            let column = identifier(column);
            format!("SELECT {column} FROM added UNION ALL SELECT {column} FROM removed")
        }
        _ => changed,
    };
    let moved = moved(sources, node);
    let declare = match sources.notifies {
        true => "DECLARE\n  pw_sent bigint;\n",
        false => "",
    };
    Ok(format!(
        "\n#variable_conflict use_column\n{declare}BEGIN\n  IF TG_OP = 'INSERT' THEN\n{}  ELSIF TG_OP = 'UPDATE' THEN\n{moved}{}  ELSIF \
         TG_OP = 'DELETE' THEN\n{}  ELSE\n{}  END IF;\n  RETURN NULL;\nEND\n",
        note("added")?,
        note(&format!("(\n      {changed}\n    )"))?,
        note("removed")?,
        insert(sources, node.name(), "SELECT NULL::bigint"),
    ))
}

fn columns(node: &SourceNode) -> Option<String> {
    let columns = node.columns();
    let columns: Vec<_> = columns.into_iter().map(identifier).collect();
    (!columns.is_empty()).then(|| columns.join(", "))
}

/// The teams of rows; NULL for all.
fn teams(sources: &Sources, node: &SourceNode, rows: &str) -> Result<String, Error> {
    let way = node.way();
    let Some(tenant) = node.tenant()? else {
        return Ok(format!(
            "SELECT DISTINCT NULL::bigint FROM {rows} AS changed"
        ));
    };
    let tenant = identifier(tenant);
    let Some((first, _)) = way.first() else {
        return Ok(format!(
            "SELECT DISTINCT changed.{tenant}::bigint FROM {rows} AS changed WHERE changed.{tenant} IS NOT NULL"
        ));
    };
    // The rows that are pointed at are few.
    let first = identifier(first);
    let mut from = format!(
        "(SELECT DISTINCT changed.{first} AS link FROM {rows} AS changed WHERE changed.{first} IS NOT NULL) AS row_0"
    );
    let mut link = "row_0.link".to_owned();
    let mut found = Vec::new();
    for (at, (_, parent)) in way.iter().enumerate() {
        let alias = format!("row_{}", at + 1);
        let key = identifier(parent.key);
        from.push_str(&format!(
            "\n    LEFT JOIN {} AS {alias} ON {alias}.{key} = {link}",
            table(sources, parent)
        ));
        if let Some((next, _)) = way.get(at + 1) {
            link = format!("{alias}.{}", identifier(next));
            // A row that points at none is of no team.
            found.push(format!("({link} IS NOT NULL OR {alias}.{key} IS NULL)"));
        } else {
            found.push(format!(
                "({alias}.{tenant} IS NOT NULL OR {alias}.{key} IS NULL)"
            ));
            link = format!("{alias}.{tenant}");
        }
    }
    Ok(format!(
        "SELECT DISTINCT {link}::bigint FROM {from}\n    WHERE {}",
        found.join(" AND ")
    ))
}

/// Notes are of the time at which their transaction began: see `validity`.
fn insert(sources: &Sources, source: &str, teams: &str) -> String {
    let notes = in_schema(Some(&sources.schema), NOTES);
    let source = literal(source);
    let insert = format!(
        "INSERT INTO {notes} (team_id, source, noted_at)\n    SELECT changed_team.id, {source}, now() FROM (\n    {teams}\n    ) AS \
         changed_team(id)\n    ON CONFLICT DO NOTHING"
    );
    match sources.notifies {
        false => format!("    {insert};\n"),
        // Once for a note, however many statements would leave it.
        true => format!(
            "    WITH noted AS (\n    {insert} RETURNING team_id)\n    SELECT count(pg_notify('{CHANNEL}', \
             coalesce(noted.team_id::text, '') || ':' || {source})) INTO pw_sent FROM noted;\n"
        ),
    }
}

/// Where teams are found through this table's rows, those of another team's rows are waited for who may have noted the
/// old one, and not yet committed.
fn moved(sources: &Sources, node: &SourceNode) -> String {
    let mut pointing: Vec<_> = sources
        .nodes
        .iter()
        .filter(|other| {
            let mut way = other.way().into_iter();
            way.any(|(_, parent)| is_same(parent, node.definition))
        })
        .map(|other| table(sources, other.definition))
        .collect();
    pointing.sort_unstable();
    let Some(own) = own_column(node.definition).filter(|_| !pointing.is_empty()) else {
        return String::new();
    };
    let columns = format!("{}, {}", identifier(node.definition.key), identifier(own));
    format!(
        "    IF EXISTS (SELECT {columns} FROM added EXCEPT ALL SELECT {columns} FROM removed) THEN\n      LOCK TABLE {} IN SHARE ROW \
         EXCLUSIVE MODE;\n    END IF;\n",
        pointing.join(", ")
    )
}
