//! Names and texts as they stand in statements that bind nothing: those that change the schema.

use crate::schema::EntityDefinition;

/// `"name"`.
pub(crate) fn identifier(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// `"schema"."table"`, or `"table"` where the search path finds it.
pub(crate) fn table(definition: &EntityDefinition) -> String {
    in_schema(definition.schema, definition.table)
}

/// `"schema"."name"`, or `"name"` where the search path finds it.
pub(crate) fn in_schema(schema: Option<&str>, name: &str) -> String {
    match schema {
        Some(schema) => format!("{}.{}", identifier(schema), identifier(name)),
        None => identifier(name),
    }
}

/// `'text'`, whatever `standard_conforming_strings` says.
pub(crate) fn literal(text: &str) -> String {
    let quoted = text.replace('\'', "''");
    match quoted.contains('\\') {
        true => format!("E'{}'", quoted.replace('\\', "\\\\")),
        false => format!("'{quoted}'"),
    }
}
