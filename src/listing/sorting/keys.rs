//! Where a row has the values that it is sorted by: [`Keys`].

#![expect(
    clippy::ptr_arg,
    reason = "a borrowed name lives for ever and need not be copied"
)]

use std::borrow::Cow;
use std::sync::Arc;

use sea_query::{Expr, SelectStatement};

use super::walk::Walked;
use crate::annotation::grouped::{self, Grouped};
use crate::annotation::{AnnotationNode, Computed, Values, sources};
use crate::ddl::counter::KeptRows;
use crate::error::Error;
use crate::expression::Node;
use crate::listing::request::Request;
use crate::render::Scope;

/// Where a row has the computed values that it is sorted by, if not in a sub-select of its own.
pub(in crate::listing) struct Keys<'r> {
    request: &'r Request<'r>,
    joined: Vec<(Arc<AnnotationNode>, Expr)>,
    /// The row's key, where an index has it that goes on with it.
    key: Option<Expr>,
}

impl<'r> Keys<'r> {
    /// Joins to all rows what they are sorted by:
    ///
    /// * rows that they point at, which the planner may then read all at once, where a sub-select would look up each;
    /// * what is computed in one pass;
    /// * what is compared with a cursor's values, so that it is computed once for each row: each place that names a
    ///   sub-select computes it anew.
    pub fn join(
        request: &'r Request<'r>,
        scope: &Scope<'_>,
        select: &mut SelectStatement,
    ) -> Result<Self, Error> {
        let mut values = Values::without(&[grouped::KEY]);
        for annotation in request.sort_values() {
            values.add(annotation);
        }
        let is_grouped = |value: &AnnotationNode| {
            let mut grouped = request.sorting.grouped.iter();
            grouped.any(|grouped| grouped.is_same_value(value) || value.is_of_pass(grouped))
        };
        let is_related = |value: &AnnotationNode| {
            value.path.hops.len() == 1 && matches!(value.computed, Computed::Related(_))
        };
        let values: Vec<_> = values.into_iter().collect();
        let (passes, others): (Vec<_>, Vec<_>) = values.iter().partition(|value| is_grouped(value));
        let has_cursor = request.after.is_some();
        let others = others
            .into_iter()
            .filter(|value| has_cursor || is_related(value));
        let mut keys = Self {
            request,
            joined: Vec::new(),
            key: None,
        };
        let alias = request.definition.alias;
        let passes = Grouped::all(passes.into_iter().map(AsRef::as_ref), |word| word == alias)?;
        for pass in &passes {
            pass.join(&request.renderer, request.definition, scope, select)?;
            keys.take(&values, pass.outputs());
        }
        let taken: Vec<_> = passes.iter().map(Grouped::word).chain([alias]).collect();
        for source in sources::group(others.map(AsRef::as_ref), &taken)? {
            source.join(&request.renderer, scope, select)?;
            keys.take(&values, source.outputs());
        }
        Ok(keys)
    }

    /// Nothing is joined.
    pub fn none(request: &'r Request<'r>) -> Self {
        Self {
            request,
            joined: Vec::new(),
            key: None,
        }
    }

    /// The same where kept values stand beside the rows: what follows the first of them in its index is read there, too.
    pub fn beside(mut self, kept: &KeptRows<'_>) -> Self {
        let leading = self.request.orders.first().map(|order| &order.node);
        if let Some(Node::Kept(leading)) = leading {
            self.key = kept.key_beside(leading);
        }
        self
    }

    /// Those of rows that were met on a walk.
    pub fn walked(request: &'r Request<'r>, walked: &Walked<'_>) -> Self {
        Self {
            request,
            joined: vec![(Arc::clone(walked.annotation), walked.value())],
            key: None,
        }
    }

    fn take<'v>(
        &mut self,
        values: &[Arc<AnnotationNode>],
        outputs: impl Iterator<Item = (&'v AnnotationNode, Expr)>,
    ) {
        for (member, expr) in outputs {
            let value = values
                .iter()
                .find(|value| std::ptr::eq(value.as_ref(), member));
            self.joined
                .extend(value.map(|value| (Arc::clone(value), expr)));
        }
    }

    /// A value of the row of `scope`.
    pub fn expression(&self, scope: &Scope<'_>, node: &Node) -> Result<Expr, Error> {
        let renderer = &self.request.renderer;
        match (node, &self.key) {
            (Node::Column(name), Some(key)) if *name == self.request.definition.key => {
                return Ok(key.clone());
            }
            _ => {}
        }
        match node {
            Node::Function(name, arguments) if !node.is_plain() => {
                renderer.function(name, arguments, |argument| self.expression(scope, argument))
            }
            Node::Annotation(annotation) => {
                let mut joined = self.joined.iter();
                match joined.find(|(joined, _)| joined.is_same_value(annotation)) {
                    Some((_, expr)) => Ok(expr.clone()),
                    None => renderer.expression(scope, node),
                }
            }
            _ => renderer.expression(scope, node),
        }
    }

    /// The value that an output is sorted by: by its name where it is computed, so that it is once.
    pub fn sort_key(
        &self,
        scope: &Scope<'_>,
        node: &Node,
        name: &Cow<'static, str>,
    ) -> Result<Expr, Error> {
        match node.is_plain() {
            true => self.expression(scope, node),
            false => Ok(Expr::col(crate::render::iden(name))),
        }
    }
}
