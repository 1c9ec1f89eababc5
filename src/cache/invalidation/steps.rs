//! The steps that make the triggers, and take them away.

use super::function::{Function, PREFIX, function, table};
use super::source::{SourceNode, is_same};
use super::sources::Sources;
use crate::cache::schema::HORIZON;
use crate::ddl::Step;
use crate::ddl::counter::function::quote;
use crate::ddl::text::{identifier, in_schema, literal};
use crate::error::Error;
use crate::render::is_name;

/// Each trigger's name ends so; what it is called for; its rows.
const TRIGGERS: [(&str, &str, &str); 4] = [
    ("added", "INSERT", "REFERENCING NEW TABLE AS added "),
    (
        "changed",
        "UPDATE",
        "REFERENCING OLD TABLE AS removed NEW TABLE AS added ",
    ),
    ("removed", "DELETE", "REFERENCING OLD TABLE AS removed "),
    ("emptied", "TRUNCATE", ""),
];

pub(super) fn steps(sources: &Sources) -> Result<Vec<Step>, Error> {
    if !is_name(&sources.schema) {
        return Err(Error::InvalidName {
            name: sources.schema.clone(),
        });
    }
    let mut functions = Vec::new();
    for node in &sources.nodes {
        let is_source = |definition| {
            let mut known = sources.nodes.iter();
            known.any(|known| is_same(known.definition, definition))
        };
        if !node.way().into_iter().all(|(_, parent)| is_source(parent)) {
            return Err(Error::Incomplete {
                what: "teams are found through a table whose own changes are not noted",
                with: ".source(Source::of(..)) for each table that an entity's tenant is found through",
            });
        }
        functions.push((node, function(sources, node)?));
    }
    let of_function = functions.iter().map(|(node, function)| {
        Step::statement(
            format!("notes of {}: function", node.name()),
            &function.create,
            Some(format!("DROP FUNCTION IF EXISTS {}()", function.name)),
        )
    });
    let of_triggers = functions.iter().map(|(node, function)| {
        Step::statement(
            format!("notes of {}: triggers", node.name()),
            create(sources, node, function),
            Some(drop(sources, node)),
        )
    });
    Ok(of_function.chain(of_triggers).collect())
}

/// Makes the triggers that are not there, or call another function, which then goes.
///
/// From then on whoever writes leaves notes; whoever did before has committed, since the lock waits for it. So a snapshot that
/// shows this transaction shows them, and only what was computed in such a one is trusted.
fn create(sources: &Sources, node: &SourceNode, function: &Function) -> String {
    let on = table(sources, node.definition);
    let regclass = format!("{}::regclass", literal(&on));
    let procedure = format!("{}::regprocedure", literal(&format!("{}()", function.name)));
    let horizon = in_schema(Some(&sources.schema), HORIZON);
    let triggers: String = TRIGGERS
        .iter()
        .map(|(suffix, event, rows)| {
            let name = identifier(&format!("{PREFIX}_{suffix}"));
            // Only to drop one are those waited for who read.
            format!(
                "  IF EXISTS (SELECT FROM pg_trigger AS known WHERE known.tgrelid = {regclass} AND known.tgname = {}) THEN\n    DROP \
                 TRIGGER {name} ON {on};\n  END IF;\n  CREATE TRIGGER {name} AFTER {event} ON {on} {rows}FOR EACH STATEMENT EXECUTE \
                 FUNCTION {}();\n",
                literal(&format!("{PREFIX}_{suffix}")),
                function.name
            )
        })
        .collect();
    let names: Vec<_> = TRIGGERS
        .iter()
        .map(|(suffix, ..)| literal(&format!("{PREFIX}_{suffix}")))
        .collect();
    let ours = format!(
        "known.tgrelid = {regclass} AND known.tgname IN ({}) AND NOT known.tgisinternal",
        names.join(", ")
    );
    let body = format!(
        "  IF (SELECT count(*) FROM pg_trigger AS known WHERE {ours} AND known.tgfoid = {procedure} AND known.tgenabled = 'O') = \
         {count} THEN\n    RETURN;\n  END IF;\n  IF current_setting('transaction_isolation') NOT LIKE 'read %' THEN\n    RAISE EXCEPTION \
         USING ERRCODE = 'active_sql_transaction', MESSAGE = 'triggers of notes are made under READ COMMITTED';\n  END IF;\n  \
         LOCK TABLE {on} IN SHARE ROW EXCLUSIVE MODE;\n  \
         pw_old := ARRAY(SELECT DISTINCT known.tgfoid FROM pg_trigger AS known WHERE {ours} AND known.tgfoid <> {procedure});\n\
         {triggers}  FOREACH pw_function IN ARRAY pw_old LOOP\n    EXECUTE 'DROP FUNCTION ' || pw_function::regprocedure;\n  END \
         LOOP;\n  INSERT INTO {horizon} AS horizon (transaction) VALUES ('0')\n    ON CONFLICT (is_single) DO UPDATE SET installed = \
         pg_current_xact_id();\n",
        count = TRIGGERS.len(),
    );
    block("DECLARE\n  pw_old oid[];\n  pw_function oid;\n", &body)
}

fn drop(sources: &Sources, node: &SourceNode) -> String {
    let on = table(sources, node.definition);
    let drops: String = TRIGGERS
        .iter()
        .map(|(suffix, ..)| {
            let name = identifier(&format!("{PREFIX}_{suffix}"));
            format!("  DROP TRIGGER IF EXISTS {name} ON {on};\n")
        })
        .collect();
    block("", &drops)
}

/// `DO ..`
fn block(declare: &str, body: &str) -> String {
    let code = format!("\n{declare}BEGIN\n{body}END\n");
    let quote = quote(&code);
    format!("DO {quote}{code}{quote}")
}
