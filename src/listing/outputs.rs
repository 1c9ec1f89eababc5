//! The output columns of a page, by where each is computed.

use std::borrow::Cow;
use std::sync::Arc;

use super::selection::Shown;
use super::sorting::lookups;
use crate::annotation::AnnotationNode;
use crate::error::Error;
use crate::expression::Node;
use crate::order::OrderNode;
use crate::render::{free_name, is_name};
use crate::schema::{DataType, Definition};
use crate::statement::OutputColumn;

/// The name of the output that holds the total.
pub(super) const TOTAL: &str = "total_rows";

/// What a page returns: the key, what is shown, and the sort keys, each once.
pub(super) struct Outputs {
    pub columns: Vec<Output>,
    /// For each sort key, which column it is.
    pub orders: Vec<usize>,
}

/// An output column of a page.
pub(super) struct Output {
    pub column: OutputColumn,
    pub node: Node,
    /// The rows are sorted by it, so that it is known before the page is.
    pub sorted_by: bool,
    /// It is computed together with what the rows are sorted by.
    pub shares_pass: bool,
}

impl Output {
    /// Computed for the rows of the page only: whatever reads other rows, unless the page is sorted by it.
    pub fn is_after_page(&self) -> bool {
        !self.sorted_by && !self.shares_pass && !self.node.is_plain()
    }
}

impl Outputs {
    pub fn new(
        definition: Definition,
        shown: &[Shown],
        orders: &[OrderNode],
    ) -> Result<Self, Error> {
        let mut outputs = Self {
            columns: Vec::with_capacity(shown.len() + orders.len() + 1),
            orders: Vec::new(),
        };
        let key = Node::Column(definition.key);
        outputs.add(
            Cow::Borrowed(definition.key),
            &key,
            definition.key_type,
            false,
        )?;
        for shown in shown {
            outputs.add(
                shown.name.clone(),
                &shown.node,
                shown.data_type,
                shown.nullable,
            )?;
        }
        for order in orders {
            let at = match outputs.position(&order.node) {
                Some(at) => at,
                None => {
                    let name = outputs.free_name(order.name.clone());
                    outputs.add(name, &order.node, order.data_type, order.nullable)?
                }
            };
            outputs.columns[at].sorted_by = true;
            outputs.orders.push(at);
        }
        Ok(outputs)
    }

    /// What is shown and can be had from a pass over all related rows that is made to sort by, is computed there.
    pub fn share(&mut self, passes: &[Arc<AnnotationNode>]) {
        for output in &mut self.columns {
            if let Node::Annotation(value) = &output.node
                && passes.iter().any(|pass| shares_pass(value, pass))
            {
                output.shares_pass = true;
            }
        }
    }

    /// Those that are computed for the rows of the page only.
    pub fn after_page(&self) -> impl Iterator<Item = &Output> {
        self.columns.iter().filter(|output| output.is_after_page())
    }

    /// The output that is this value, if the page itself gives it.
    pub fn known(&self, node: &Node) -> Option<&Output> {
        let mut known = self.columns.iter().filter(|output| !output.is_after_page());
        known.find(|output| output.node.is_same_value(node))
    }

    fn position(&self, node: &Node) -> Option<usize> {
        self.columns
            .iter()
            .position(|output| output.node.is_same_value(node))
    }

    fn has(&self, name: &str) -> bool {
        name == TOTAL || self.columns.iter().any(|output| output.column.name == name)
    }

    /// A sort key that is not shown takes whatever name is free.
    fn free_name(&self, name: Cow<'static, str>) -> Cow<'static, str> {
        if self.has(&name) {
            return free_name("order_", &name, |name| self.has(name));
        }
        name
    }

    /// Adds a column unless the same is there already; which it is.
    fn add(
        &mut self,
        name: Cow<'static, str>,
        node: &Node,
        data_type: DataType,
        nullable: bool,
    ) -> Result<usize, Error> {
        if !is_name(&name) {
            return Err(Error::InvalidName { name });
        }
        let same_name = self
            .columns
            .iter()
            .position(|output| output.column.name == name);
        match same_name {
            Some(at) if self.columns[at].node == *node => Ok(at),
            None if name != TOTAL => {
                let column = OutputColumn {
                    name,
                    data_type,
                    nullable,
                };
                self.columns.push(Output {
                    column,
                    node: node.clone(),
                    sorted_by: false,
                    shares_pass: false,
                });
                Ok(self.columns.len() - 1)
            }
            _ => Err(Error::DuplicateName { name }),
        }
    }
}

/// Whether a shown value is computed in the pass that gives what the rows are sorted by.
///
/// Not what has to be put into order, such as distinct values: the pass would sort all rows for it, where it otherwise puts
/// them into groups as they come. Those of the page's rows are sooner read again, even if they are half of all.
pub(super) fn shares_pass(value: &AnnotationNode, pass: &AnnotationNode) -> bool {
    let is_told = value
        .filter
        .as_ref()
        .is_none_or(|filter| lookups(filter) == 0);
    value.is_of_pass(pass) && value.is_cheap() && (is_told || value.filter == pass.filter)
}
