//! How a list reads kept values: [`KeptNode`], [`KeptRows`].

use std::borrow::Cow;
use std::cell::RefCell;
use std::sync::Arc;

use sea_query::{Expr, ExprTrait, Func, JoinType, SelectStatement};

use super::plan::Plan;
use super::value::{KeptValue, What};
use crate::annotation::AnnotationNode;
use crate::error::Error;
use crate::expression::Node;
use crate::render::{Holder, Renderer, Scope, all};
use crate::schema::Definition;

/// A value that is read where it is kept.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct KeptNode {
    /// What it would be computed as.
    pub annotation: Arc<AnnotationNode>,
    pub column: &'static str,
    /// The table that has it, if that is not the row's own.
    pub side: Option<Definition>,
    /// An index of that table has it in order: largest first, NULL last.
    pub is_indexed: bool,
}

impl Plan {
    /// The node, its kept annotations read where they are kept.
    pub fn read_in(plans: &[Arc<Self>], node: &Node) -> Node {
        match node {
            Node::Annotation(annotation) => match find(plans, annotation) {
                Some((plan, value)) => Node::Kept(Arc::new(KeptNode {
                    annotation: Arc::clone(annotation),
                    column: value.column,
                    side: (!plan.in_parent).then_some(plan.side),
                    is_indexed: value.is_indexed,
                })),
                None => node.clone(),
            },
            Node::Function(name, arguments) => {
                let arguments = arguments.iter().map(|node| Self::read_in(plans, node));
                Node::Function(name, arguments.collect())
            }
            node => node.clone(),
        }
    }

    /// The side table, and what ties it to the row of `scope`.
    fn tied_side(
        &self,
        renderer: &Renderer<'_>,
        row: Expr,
    ) -> Result<(sea_query::TableRef, Vec<Expr>), Error> {
        let side = Scope::root(self.base);
        let (table, bound) = renderer.source(self.side, &side, false)?;
        let mut conditions = vec![side.column(self.parent.key).eq(row)];
        conditions.extend(bound);
        Ok((table, conditions))
    }

    fn column_of_side(&self, value: &KeptValue) -> Expr {
        Scope::root(self.base).column(value.column)
    }
}

fn find<'p>(
    plans: &'p [Arc<Plan>],
    annotation: &AnnotationNode,
) -> Option<(&'p Arc<Plan>, &'p KeptValue)> {
    plans
        .iter()
        .find_map(|plan| Some((plan, plan.value(annotation)?)))
}

/// The rows of a list, beside which their kept values stand.
pub(crate) struct KeptRows<'p> {
    plans: &'p [Arc<Plan>],
    /// Those of which something was read.
    read: RefCell<Vec<&'p Plan>>,
}

impl<'p> KeptRows<'p> {
    pub fn new(plans: &'p [Arc<Plan>]) -> Self {
        Self {
            plans,
            read: RefCell::default(),
        }
    }

    /// `INNER JOIN` the side tables of which something was read: each row has one row there.
    pub fn join(
        &self,
        renderer: &Renderer<'_>,
        definition: Definition,
        select: &mut SelectStatement,
    ) -> Result<(), Error> {
        let row = Scope::root(definition.alias);
        for plan in self.read.borrow().iter() {
            let (table, conditions) = plan.tied_side(renderer, row.column(definition.key))?;
            select.join(JoinType::InnerJoin, table, all(conditions));
        }
        Ok(())
    }

    /// The row's key, as the side table has it from which a value is: an index there goes on with it.
    pub fn key_beside(&self, kept: &KeptNode) -> Option<Expr> {
        let plan = self
            .plans
            .iter()
            .find(|plan| kept.side == Some(plan.side))?;
        Some(Scope::root(plan.base).column(plan.parent.key))
    }
}

impl Holder for KeptRows<'_> {
    fn reads(&self, column: &'static str) -> Cow<'static, str> {
        Cow::Borrowed(column)
    }

    fn knows(&self, word: &str) -> bool {
        self.plans.iter().any(|plan| plan.base == word)
    }

    fn annotation(&self, scope: &Scope<'_>, annotation: &Arc<AnnotationNode>) -> Option<Expr> {
        let (plan, value) = find(self.plans, annotation)?;
        if plan.in_parent {
            return Some(scope.column(value.column));
        }
        let mut read = self.read.borrow_mut();
        if !read.iter().any(|known| known.base == plan.base) {
            read.push(plan);
        }
        Some(plan.column_of_side(value))
    }
}

/// Joins to a page the values that are kept for its rows; each with what it is called.
pub(crate) fn join_page<'v>(
    plans: &[Arc<Plan>],
    renderer: &Renderer<'_>,
    key: Expr,
    values: impl Iterator<Item = &'v AnnotationNode>,
    select: &mut SelectStatement,
) -> Result<Vec<(&'v AnnotationNode, Expr)>, Error> {
    let mut joined: Vec<&str> = Vec::new();
    let mut given = Vec::new();
    for annotation in values {
        let Some((plan, value)) = find(plans, annotation) else {
            continue;
        };
        if !joined.contains(&plan.base) {
            let (table, conditions) = plan.tied_side(renderer, key.clone())?;
            select.join(JoinType::LeftJoin, table, all(conditions));
            joined.push(plan.base);
        }
        let column = plan.column_of_side(value);
        let value = match value.what {
            // A page without rows has none there, beside its total.
            What::Count => Func::coalesce([column, Expr::cust("0")]).into(),
            What::Extreme { .. } | What::First { .. } => column,
        };
        given.push((annotation, value));
    }
    Ok(given)
}

/// Whether the value is kept.
impl Plan {
    pub fn is_kept(plans: &[Arc<Self>], annotation: &AnnotationNode) -> bool {
        find(plans, annotation).is_some()
    }
}
