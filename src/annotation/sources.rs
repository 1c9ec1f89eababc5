//! Which annotations share one sub-select, and how each is joined to a page.

use std::borrow::Cow;
use std::sync::Arc;

use sea_query::{Condition, DynIden, Expr, JoinType, SelectStatement};

use super::{AnnotationNode, Computed, at_once, over_time, sql};
use crate::error::Error;
use crate::render::{Renderer, Scope, all, free_name, iden, is_name, select_as};

/// Annotations that are computed together.
pub(crate) struct Source<'a> {
    /// The word by which the statement calls it.
    word: Cow<'static, str>,
    members: Vec<&'a AnnotationNode>,
    /// It is read for all rows of the page in one pass, and not for one after the other.
    is_at_once: bool,
}

impl<'a> Source<'a> {
    fn leader(&self) -> &'a AnnotationNode {
        // A source is made from its first member.
        self.members[0]
    }

    fn takes(&self, other: &AnnotationNode) -> bool {
        let leader = self.leader();
        if leader.path.hops != other.path.hops {
            return false;
        }
        match (&leader.computed, &other.computed) {
            (Computed::Aggregate(_), Computed::Aggregate(_)) => {
                leader.except.is_none() && other.except.is_none()
            }
            (Computed::Related(_), Computed::Related(_)) => true,
            (Computed::OverTime(this), Computed::OverTime(other)) => this == other,
            (
                Computed::First { order, .. },
                Computed::First {
                    order: other_order, ..
                },
            ) => order == other_order && leader.filter == other.filter,
            _ => false,
        }
    }

    /// The word by which the statement calls it.
    pub fn word(&self) -> Cow<'static, str> {
        self.word.clone()
    }

    /// The columns of the page that it needs.
    pub fn from(&self) -> Option<&'static str> {
        self.leader().path.hops.first().map(|hop| hop.from)
    }

    /// What it gives, in the order in which it was asked for.
    pub fn outputs(&self) -> impl Iterator<Item = (&'a AnnotationNode, Expr)> + '_ {
        self.members.iter().map(|member| {
            let column: DynIden = match &member.computed {
                // Joined as it is; the others name their outputs.
                Computed::Related(column) if self.is_one_row() => iden(&Cow::Borrowed(*column)),
                _ => iden(&member.name),
            };
            let output = Expr::col((iden(&self.word), column));
            match &member.computed {
                Computed::Aggregate(aggregate) if member.except.is_some() || self.is_at_once => {
                    (*member, sql::or_nothing(aggregate, output))
                }
                _ => (*member, output),
            }
        })
    }

    /// Reads it in one pass for all rows of the page, if one of its values is among these.
    pub fn read_at_once(&mut self, values: &[Arc<AnnotationNode>]) {
        let is_among = |member: &&AnnotationNode| {
            let mut values = values.iter();
            values.any(|value| value.is_same_value(member))
        };
        self.is_at_once = self.members.iter().any(is_among);
    }

    fn is_one_row(&self) -> bool {
        let leader = self.leader();
        matches!(leader.computed, Computed::Related(_)) && leader.path.hops.len() == 1
    }

    /// Joins it to the rows of `page`, each of which keeps exactly one row.
    pub fn join(
        &self,
        renderer: &Renderer<'_>,
        page: &Scope<'_>,
        select: &mut SelectStatement,
    ) -> Result<(), Error> {
        let leader = self.leader();
        let lateral = match &leader.computed {
            Computed::Related(_) if self.is_one_row() => {
                let scope = Scope::root(self.word.clone());
                let (table, conditions) = renderer.hop(page, &scope, &leader.path.hops[0])?;
                select.join(JoinType::LeftJoin, table, all(conditions));
                return Ok(());
            }
            Computed::Related(_) => renderer.path(page, &leader.path, None, |_, row, select| {
                for member in &self.members {
                    if let Computed::Related(column) = &member.computed {
                        select_as(select, row.column(column), &member.name);
                    }
                }
                Ok(())
            })?,
            Computed::Aggregate(_)
                if (leader.except.is_some() || self.is_at_once)
                    && at_once::is_possible(renderer, page, leader) =>
            {
                return at_once::join(renderer, page, &self.members, &self.word, select);
            }
            Computed::Aggregate(_) => sql::aggregates(renderer, page, &self.members)?,
            Computed::OverTime(over_time) => {
                over_time::counts(renderer, page, &self.members, over_time, true)?
            }
            Computed::First { order, .. } => {
                let values = self
                    .members
                    .iter()
                    .filter_map(|member| match &member.computed {
                        Computed::First { value, .. } => Some((Some(&member.name), value)),
                        _ => None,
                    });
                sql::first(
                    renderer,
                    page,
                    &leader.path,
                    leader.filter.as_ref(),
                    order,
                    values,
                )?
            }
            Computed::DistinctText {
                value,
                delimiter,
                order,
            } => sql::distinct_text(renderer, page, leader, value, delimiter, *order, true)?,
        };
        select.join_lateral(
            JoinType::LeftJoin,
            lateral,
            iden(&self.word),
            Condition::all(),
        );
        Ok(())
    }
}

/// Puts annotations that can be computed together into one source each, in the order of their first member.
///
/// `taken` are words that the statement uses already.
pub(crate) fn group<'a>(
    annotations: impl IntoIterator<Item = &'a AnnotationNode>,
    taken: &[&str],
) -> Result<Vec<Source<'a>>, Error> {
    let mut sources: Vec<Source<'a>> = Vec::new();
    for annotation in annotations {
        if let Some(source) = sources.iter_mut().find(|source| source.takes(annotation)) {
            source.members.push(annotation);
            continue;
        }
        let mut word = annotation.path.name.clone();
        if !is_name(&word) {
            return Err(Error::InvalidName { name: word });
        }
        let is_taken =
            |word: &str| taken.contains(&word) || sources.iter().any(|source| source.word == word);
        if is_taken(&word) {
            word = free_name(&format!("{word}_for_"), &annotation.name, is_taken);
        }
        sources.push(Source {
            word,
            members: vec![annotation],
            is_at_once: false,
        });
    }
    Ok(sources)
}
