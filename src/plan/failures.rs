//! Checks that failed: [`FailedChecks`].

use std::fmt;

use super::model::{Plan, PlanNode};
use super::tree::Heading;

/// Checks of a plan that failed, with the part of the plan that is at fault.
///
/// `Display`, and `Debug`, which is what a test prints, say what was asked, what was found, and the part as a tree.
#[derive(Clone)]
pub struct FailedChecks {
    pub(super) failures: Vec<FailedCheck>,
    /// It is large, and what may fail is small.
    pub(super) plan: Box<Plan>,
}

/// A check that failed.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct FailedCheck {
    /// What was asked: `no sequential scan over more than 1000 rows`.
    pub check: String,
    /// What was found: `4000 rows are read of "experiments_experimentsession"`.
    pub found: String,
    /// The nodes at fault; none if it is the whole plan.
    pub nodes: Vec<PlanNode>,
    /// What stands above each of them, from the top.
    above: Vec<String>,
}

impl FailedChecks {
    /// Each of them.
    #[must_use]
    pub fn failures(&self) -> &[FailedCheck] {
        &self.failures
    }

    /// The whole plan.
    #[must_use]
    pub fn plan(&self) -> &Plan {
        &self.plan
    }
}

impl FailedCheck {
    /// A check that failed because of these nodes of the plan.
    pub(super) fn new(plan: &Plan, check: String, found: String, nodes: Vec<&PlanNode>) -> Self {
        Self {
            check,
            found,
            above: nodes
                .iter()
                .map(|node| above(&plan.root, node).unwrap_or_default())
                .collect(),
            nodes: nodes.into_iter().cloned().collect(),
        }
    }
}

/// What stands above a node, from the top; `None` if it is not below this one.
fn above(top: &PlanNode, wanted: &PlanNode) -> Option<String> {
    if std::ptr::eq(top, wanted) {
        return Some(String::new());
    }
    let rest = top.children.iter().find_map(|child| above(child, wanted))?;
    Some(format!("{} > {rest}", Heading(top)))
}

impl std::error::Error for FailedChecks {}

impl fmt::Display for FailedChecks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (count, s) = match self.failures.len() {
            1 => (1, ""),
            count => (count, "s"),
        };
        write!(f, "the plan fails {count} check{s}")?;
        for failure in &self.failures {
            write!(f, "\n* {failure}")?;
        }
        if self.failures.iter().any(|failure| failure.nodes.is_empty()) {
            write!(f, "\nthe plan:{}", Indented(&self.plan))?;
        }
        Ok(())
    }
}

impl fmt::Debug for FailedChecks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl fmt::Display for FailedCheck {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.check, self.found)?;
        for (node, above) in self.nodes.iter().zip(&self.above) {
            if !above.is_empty() {
                write!(f, "\n    in {}", above.trim_end_matches(" > "))?;
            }
            Indented(node).fmt(f)?;
        }
        Ok(())
    }
}

/// A tree on lines of its own.
struct Indented<T>(T);

impl<T: fmt::Display> fmt::Display for Indented<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let tree = self.0.to_string();
        tree.lines().try_for_each(|line| write!(f, "\n    {line}"))
    }
}
