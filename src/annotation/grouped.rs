//! Values of all rows at once: one pass over what belongs to them, grouped, and joined to them.

use std::borrow::Cow;

use sea_query::{DynIden, Expr, ExprTrait, IntoIden, JoinType, SelectStatement};

use super::{Aggregate, AnnotationNode, Computed, sql};
use crate::error::Error;
use crate::render::{Renderer, Scope, free_name, iden, is_name};
use crate::schema::{Definition, Hop, Path};

/// What the rows of one group belong to.
pub(crate) const KEY: &str = "row_key";

/// Values that one pass gives.
pub(crate) struct Grouped<'a> {
    /// The word by which the statement calls it.
    word: Cow<'static, str>,
    members: Vec<&'a AnnotationNode>,
}

impl AnnotationNode {
    /// Whether one pass gives it for all rows.
    pub fn is_groupable(&self) -> bool {
        let is_of_one_column = |hop: &Hop| hop.to.column().is_some();
        self.path.hops.first().is_some_and(is_of_one_column)
            && matches!(
                self.computed,
                Computed::Aggregate(_) | Computed::First { .. }
            )
    }

    /// Whether a pass computes it without putting anything into order.
    pub fn is_cheap(&self) -> bool {
        let Computed::Aggregate(aggregate) = &self.computed else {
            return false;
        };
        !matches!(
            aggregate,
            Aggregate::CountDistinct(_) | Aggregate::Text { .. } | Aggregate::Array { .. }
        )
    }

    /// Whether a pass that gives the other gives this too, from the rows that it reads anyway.
    pub fn is_of_pass(&self, other: &Self) -> bool {
        let aggregates = |node: &Self| matches!(node.computed, Computed::Aggregate(_));
        self.path.hops == other.path.hops && aggregates(self) && aggregates(other)
    }
}

impl<'a> Grouped<'a> {
    /// Puts values that one pass gives together, in the order of their first. `is_taken`: words that the statement uses
    /// already.
    pub fn all(
        annotations: impl IntoIterator<Item = &'a AnnotationNode>,
        is_taken: impl Fn(&str) -> bool,
    ) -> Result<Vec<Self>, Error> {
        let mut passes: Vec<Self> = Vec::new();
        for annotation in annotations {
            let same = passes
                .iter_mut()
                .find(|pass| annotation.is_of_pass(pass.leader()));
            if let Some(pass) = same {
                pass.members.push(annotation);
                continue;
            }
            let mut word = annotation.path.name.clone();
            if !is_name(&word) {
                return Err(Error::InvalidName { name: word });
            }
            let is_known =
                |word: &str| is_taken(word) || passes.iter().any(|pass| pass.word == word);
            if is_known(&word) {
                word = free_name(&format!("{word}_for_"), &annotation.name, is_known);
            }
            passes.push(Self {
                word,
                members: vec![annotation],
            });
        }
        Ok(passes)
    }

    fn leader(&self) -> &'a AnnotationNode {
        // A pass is made from its first value.
        self.members[0]
    }

    /// The word by which the statement calls it.
    pub fn word(&self) -> &str {
        &self.word
    }

    /// What it gives: each value, and what nothing gives where a row has no group.
    pub fn outputs(&self) -> impl Iterator<Item = (&'a AnnotationNode, Expr)> + '_ {
        self.members.iter().map(|member| {
            let column: DynIden = iden(&member.name);
            let value = Expr::col((iden(&self.word), column));
            let value = match &member.computed {
                Computed::Aggregate(aggregate) => sql::or_nothing(aggregate, value),
                _ => value,
            };
            (*member, value)
        })
    }

    /// `LEFT JOIN (SELECT .. GROUP BY key) ON key = column`: each row of the
    /// table keeps exactly one row.
    pub fn join(
        &self,
        renderer: &Renderer<'_>,
        definition: Definition,
        row: &Scope<'_>,
        select: &mut SelectStatement,
    ) -> Result<(), Error> {
        let leader = self.leader();
        let first = leader.path.hops.first();
        let Some((hop, to)) = first.and_then(|hop| Some((hop, hop.to.column()?))) else {
            return Ok(());
        };
        let grouped = match &leader.computed {
            Computed::First { value, order } => {
                let filter = leader.filter.as_ref();
                renderer.untied_path(
                    row,
                    Some(definition),
                    &leader.path,
                    filter,
                    |renderer, first, end, select| {
                        let by = first.column(to);
                        select.distinct_on([(first.iden(), to.into_iden())]);
                        select.expr_as(by.clone(), KEY);
                        select.expr_as(renderer.expression(end, value)?, iden(&leader.name));
                        select.order_by_expr(by, sea_query::Order::Asc);
                        renderer.order_by(end, order, select)
                    },
                )?
            }
            _ => self.aggregates(renderer, definition, row, &leader.path, to)?,
        };
        let is_of_row = Expr::col((iden(&self.word), KEY.into_iden())).eq(row.column(hop.from));
        select.join_subquery(JoinType::LeftJoin, grouped, iden(&self.word), is_of_row);
        Ok(())
    }

    fn aggregates(
        &self,
        renderer: &Renderer<'_>,
        definition: Definition,
        row: &Scope<'_>,
        path: &Path,
        to: &'static str,
    ) -> Result<SelectStatement, Error> {
        let (filter, is_common) = sql::common_filter(&self.members);
        renderer.untied_path(
            row,
            Some(definition),
            path,
            filter,
            |renderer, first, end, select| {
                let by = first.column(to);
                select.expr_as(by.clone(), KEY);
                select.add_group_by([by]);
                sql::aggregates_of(renderer, end, &self.members, is_common, select)
            },
        )
    }
}
