//! Keys and conditions of an index as SQL. DDL binds nothing, so values are written out.

use super::node::PartNode;
use crate::ddl::text;
use crate::error::Error;
use crate::expression::Node;
use crate::order::{Direction, Nulls};
use crate::predicate::PredicateNode;
use crate::render::{Renderer, Scope, is_name};
use crate::schema::Definition;
use crate::statement::write_expression;

/// A key as it is written.
#[derive(Clone, Debug)]
pub(super) struct PartText {
    /// The column, or the expression without parentheses around it.
    pub value: String,
    /// All of it.
    pub whole: String,
}

impl PartText {
    pub fn of(table: Definition, part: &PartNode) -> Result<Self, Error> {
        let value = expression(table, &part.node)?;
        let mut whole = match part.node {
            Node::Column(_) => value.clone(),
            _ => format!("({value})"),
        };
        // sea-query writes the operator class after the direction, where PostgreSQL refuses it, and has no collations.
        if let Some(collation) = &part.collation {
            whole.push_str(" COLLATE ");
            whole.push_str(&dotted(collation)?);
        }
        if let Some(class) = &part.operator_class {
            whole.push(' ');
            whole.push_str(&dotted(class)?);
        }
        if part.direction == Direction::Descending {
            whole.push_str(" DESC");
        }
        // Nor does it have an order of NULL.
        if part.nulls != part.direction.default_nulls() {
            whole.push_str(match part.nulls {
                Nulls::First => " NULLS FIRST",
                Nulls::Last => " NULLS LAST",
            });
        }
        Ok(Self { value, whole })
    }
}

fn expression(table: Definition, node: &Node) -> Result<String, Error> {
    if !node.is_plain() {
        return Err(Error::NotIndexable {
            table: table.table,
            what: "a value that is computed from other tables' rows",
        });
    }
    let written = Renderer::new(None, 0).expression(&Scope::only(), node)?;
    Ok(write_expression(written))
}

pub(super) fn predicate(table: Definition, node: &PredicateNode) -> Result<String, Error> {
    if !node.is_plain() {
        return Err(Error::NotIndexable {
            table: table.table,
            what: "a condition on other tables' rows",
        });
    }
    let written = Renderer::new(None, 0).predicate(&Scope::only(), node)?;
    Ok(write_expression(written))
}

/// A name that may have its schema before it.
fn dotted(name: &str) -> Result<String, Error> {
    let parts: Vec<_> = name.split('.').collect();
    if parts.len() > 2 || !parts.iter().all(|part| is_name(part)) {
        return Err(Error::InvalidName {
            name: name.to_owned().into(),
        });
    }
    let quoted: Vec<_> = parts.into_iter().map(text::identifier).collect();
    Ok(quoted.join("."))
}
