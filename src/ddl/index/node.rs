//! The untyped form of a spec, of which anything may be made: [`IndexNode`].

use std::borrow::Cow;

use super::method::IndexMethod;
use crate::expression::Node;
use crate::order::{Direction, Nulls};
use crate::predicate::PredicateNode;
use crate::schema::Definition;

/// What is said of an index.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct IndexNode {
    pub table: Definition,
    /// `None` if it is made of the table and the keys.
    pub name: Option<Cow<'static, str>>,
    pub method: IndexMethod,
    pub unique: bool,
    pub nulls_not_distinct: bool,
    pub keys: Vec<PartNode>,
    /// Columns beside the keys.
    pub include: Vec<&'static str>,
    pub predicate: Option<PredicateNode>,
}

/// What is said of one key.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct PartNode {
    pub node: Node,
    pub direction: Direction,
    pub nulls: Nulls,
    pub operator_class: Option<Cow<'static, str>>,
    pub collation: Option<Cow<'static, str>>,
}

impl IndexNode {
    pub fn new(table: Definition) -> Self {
        Self {
            table,
            name: None,
            method: IndexMethod::default(),
            unique: false,
            nulls_not_distinct: false,
            keys: Vec::new(),
            include: Vec::new(),
            predicate: None,
        }
    }
}

impl PartNode {
    /// NULL where a plain index has it.
    pub fn new(node: Node, direction: Direction) -> Self {
        Self {
            node,
            direction,
            nulls: direction.default_nulls(),
            operator_class: None,
            collation: None,
        }
    }
}
