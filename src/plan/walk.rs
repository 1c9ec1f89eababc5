//! What follows from the nodes of a plan: how many rows were read, how often, and by what.

use super::model::{Plan, PlanNode};

impl Plan {
    /// All nodes, each before those below it: those of common table expressions and sub-plans too, once each.
    pub fn nodes(&self) -> impl Iterator<Item = &PlanNode> {
        self.root.nodes()
    }

    /// How many rows the statement gave; `None` without `ANALYZE`.
    #[must_use]
    pub fn rows(&self) -> Option<f64> {
        self.root.rows()
    }

    /// How many rows of tables were read to answer the statement: what its scans gave and what they threw away, over all
    /// their runs. `None` without `ANALYZE`.
    ///
    /// A row that is read from an index and then looked up in its table is one row. What a common table expression holds is
    /// read once, where it is computed, however often it is scanned; rows of functions and lists of values are not read from
    /// tables. Before PostgreSQL 18 averages are told in whole rows, so that a scan that runs often and gives less than half a
    /// row each time counts as none.
    #[must_use]
    pub fn rows_read(&self) -> Option<f64> {
        self.root.actual?;
        Some(self.nodes().filter_map(PlanNode::rows_read).sum())
    }

    /// How many blocks were touched, in the cache or not, each as often as it was; `None` without `BUFFERS`.
    #[must_use]
    pub fn buffers_touched(&self) -> Option<u64> {
        Some(self.root.buffers?.touched())
    }
}

impl PlanNode {
    /// The node and all those below it, each before its own.
    pub fn nodes(&self) -> impl Iterator<Item = &Self> {
        let mut left = vec![self];
        std::iter::from_fn(move || {
            let node = left.pop()?;
            left.extend(node.children.iter().rev());
            Some(node)
        })
    }

    /// How many rows it gave, over all its runs; `None` without `ANALYZE`.
    #[must_use]
    pub fn rows(&self) -> Option<f64> {
        self.actual.map(|actual| actual.rows * actual.loops)
    }

    /// How many rows of its table it read, over all its runs: those that it gave, and those that it threw away. `None` of
    /// what reads no table, and without `ANALYZE`.
    #[must_use]
    pub fn rows_read(&self) -> Option<f64> {
        // The bitmap of an index is no row yet: its table's scan reads those.
        let reads = self.relation.is_some() && self.node_type != "ModifyTable";
        let actual = self.actual.filter(|_| reads)?;
        Some((actual.rows + self.rows_removed) * actual.loops)
    }

    /// Whether it never ran, though the statement did.
    #[must_use]
    pub fn is_never_run(&self) -> bool {
        self.actual.is_some_and(|actual| actual.loops == 0.0)
    }

    /// Where its rows come from: what is computed once for the statement stands before that.
    pub(super) fn input(&self) -> Option<&Self> {
        let mut children = self.children.iter();
        children
            .find(|child| !matches!(child.relationship.as_deref(), Some("InitPlan" | "SubPlan")))
    }

    /// How often the inner side of a nested loop was run, or, without `ANALYZE`, would be by the planner's guess; `None` of
    /// another node.
    pub(super) fn inner_runs(&self) -> Option<f64> {
        if self.node_type != "Nested Loop" {
            return None;
        }
        let side = |name| {
            let mut sides = self.children.iter();
            sides.find(|child| child.relationship.as_deref() == Some(name))
        };
        match side("Inner")?.actual {
            Some(actual) => Some(actual.loops),
            None => Some(side("Outer")?.estimated_rows),
        }
    }
}
