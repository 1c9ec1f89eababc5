//! What belongs to a row, in SQL and in memory.

use std::rc::Rc;

use pagewise::Relation;

use super::condition::Condition;
use super::plan::{AggregatePlan, ConditionPlan};
use super::value::Value;
use super::{Context, Modeled, Uses, View, aggregate};

/// The rows of `F` that belong to a row of `E`, twice.
pub struct Related<E: Modeled, F: Modeled> {
    pub words: String,
    pub uses: Uses,
    pub relation: Relation<E, F>,
    pub rows: Rc<dyn Fn(&View, &E::Row) -> Vec<F::Row>>,
}

/// A relation to whatever entity.
pub trait AnyRelation<E: Modeled> {
    /// Whether there is such a row, or none.
    fn existence(
        &self,
        context: &Context,
        filter: Option<&ConditionPlan>,
        negated: bool,
    ) -> Condition<E>;
    /// Something computed of them.
    fn annotation(&self, context: &Context, plan: &AggregatePlan) -> Value<E>;
}

/// A relation, the tables on its way, and the same as a function.
pub fn related<E: Modeled, F: Modeled>(
    words: &str,
    tables: &[&'static str],
    relation: impl Into<Relation<E, F>>,
    rows: impl Fn(&View, &E::Row) -> Vec<F::Row> + 'static,
) -> Box<dyn AnyRelation<E>> {
    Box::new(Related {
        words: words.to_owned(),
        uses: Uses::tables(tables),
        relation: relation.into(),
        rows: Rc::new(rows),
    })
}

impl<E: Modeled, F: Modeled> Related<E, F> {
    /// Only those of which the condition is true.
    pub fn filtered(&self, context: &Context, filter: Option<&ConditionPlan>) -> Self {
        let rows = Rc::clone(&self.rows);
        let Some(filter) = filter else {
            return Self {
                words: self.words.clone(),
                uses: self.uses.clone(),
                relation: self.relation.clone(),
                rows,
            };
        };
        let condition = filter.condition::<F>(context);
        let holds = condition.holds;
        Self {
            words: format!("{}[{}]", self.words, condition.words),
            uses: self.uses.clone().and(&condition.uses),
            relation: self.relation.clone().filter(condition.predicate),
            rows: Rc::new(move |view, row| {
                let mut rows = rows(view, row);
                rows.retain(|row| holds(view, row) == Some(true));
                rows
            }),
        }
    }
}

impl<E: Modeled, F: Modeled> AnyRelation<E> for Related<E, F> {
    fn existence(
        &self,
        context: &Context,
        filter: Option<&ConditionPlan>,
        negated: bool,
    ) -> Condition<E> {
        let related = self.filtered(context, filter);
        let rows = related.rows;
        Condition {
            words: format!(
                "{} {}",
                if negated { "none of" } else { "some of" },
                related.words
            ),
            uses: related.uses,
            predicate: match negated {
                false => related.relation.exists(),
                true => related.relation.is_empty(),
            },
            holds: Rc::new(move |view, row| Some(rows(view, row).is_empty() == negated)),
        }
    }

    fn annotation(&self, context: &Context, plan: &AggregatePlan) -> Value<E> {
        let related = self.filtered(context, plan.filter.as_deref());
        match plan.function % 8 {
            0 => aggregate::count(&related).value(),
            1 => aggregate::any(&related, plan.condition.condition::<F>(context)).value(),
            2 => aggregate::every(&related, plan.condition.condition::<F>(context)).value(),
            _ => F::aggregated(&related, context, plan),
        }
    }
}
