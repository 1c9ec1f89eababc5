//! What belongs to a row, in SQL and in memory.

use std::collections::BTreeSet;
use std::rc::Rc;

use pagewise::aggregate::Rows;
use pagewise::{Relation, ToOne};

use super::condition::Condition;
use super::plan::{AggregatePlan, ConditionPlan};
use super::value::{Typed, Value};
use super::{Context, Modeled, Uses, View, aggregate};

/// What belongs to a row in memory.
pub type Belonging<E, F> = Rc<dyn Fn(&View, &<E as Modeled>::Row) -> Vec<<F as Modeled>::Row>>;

/// The rows of `F` that belong to a row of `E`, twice.
pub struct Related<E: Modeled, F: Modeled> {
    pub words: String,
    pub uses: Uses,
    /// The tables on the way.
    pub way: BTreeSet<&'static str>,
    pub relation: Relation<E, F>,
    pub rows: Belonging<E, F>,
    /// If it leads to the one row that a column points at: that way, and the column.
    one: Option<(ToOne<E, F>, Pointing<E>)>,
}

/// The key that a row in memory holds.
type Pointing<E> = fn(&<E as Modeled>::Row) -> Option<i64>;

/// A relation to whatever entity.
pub trait AnyRelation<E: Modeled> {
    /// Whether there is such a row, or none.
    fn existence(
        &self,
        context: &Context,
        filter: Option<&ConditionPlan>,
        negated: bool,
    ) -> Condition<E>;
    /// Whether it leads to one row at most.
    fn is_to_one(&self) -> bool;
    /// Whether that row is one of those that a condition is true of.
    fn one_of(&self, context: &Context, condition: &ConditionPlan) -> Condition<E>;
    /// Something computed of them.
    fn annotation(&self, context: &Context, plan: &AggregatePlan) -> Value<E>;
    /// How many there are.
    fn counted(&self, context: &Context, filter: Option<&ConditionPlan>) -> Typed<E, i64>;
    /// Only those rows of a set to which one belongs; and the same as a condition.
    fn with_any(
        &self,
        context: &Context,
        filter: Option<&ConditionPlan>,
        rows: Rows<E>,
    ) -> (Rows<E>, Condition<E>);
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
        way: tables.iter().copied().collect(),
        relation: relation.into(),
        rows: Rc::new(rows),
        one: None,
    })
}

/// The row of a table that a column points at, if it is the team's.
pub fn pointed_at<E: Modeled, F: Modeled>(
    words: &str,
    table: &'static str,
    one: ToOne<E, F>,
    from: Pointing<E>,
) -> Box<dyn AnyRelation<E>> {
    Box::new(Related {
        words: words.to_owned(),
        uses: Uses::tables(&[table]),
        way: BTreeSet::from([table]),
        relation: one.clone().into(),
        rows: Rc::new(move |view, row| {
            let mut rows = F::rows(view);
            rows.retain(|pointed_at| Some(F::id(pointed_at)) == from(row));
            rows
        }),
        one: Some((one, from)),
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
                way: self.way.clone(),
                relation: self.relation.clone(),
                rows,
                one: self.one.clone(),
            };
        };
        let condition = filter.condition::<F>(context);
        let holds = condition.holds;
        Self {
            words: format!("{}[{}]", self.words, condition.words),
            uses: self.uses.clone().and(&condition.uses),
            way: self.way.clone(),
            relation: self.relation.clone().filter(condition.predicate),
            rows: Rc::new(move |view, row| {
                let mut rows = rows(view, row);
                rows.retain(|row| holds(view, row) == Some(true));
                rows
            }),
            one: None,
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

    fn is_to_one(&self) -> bool {
        self.one.is_some()
    }

    fn one_of(&self, context: &Context, condition: &ConditionPlan) -> Condition<E> {
        let (one, from) = self.one.clone().expect("a way to one row");
        let condition = condition.condition::<F>(context);
        let holds = condition.holds;
        Condition {
            words: format!("{} one of {}", self.words, condition.words),
            uses: self.uses.clone().and(&condition.uses),
            predicate: one.is_one_of(condition.predicate),
            holds: Rc::new(move |view, row| {
                let rows = F::rows(view).into_iter();
                let mut found = rows.filter(|row| holds(view, row) == Some(true));
                match from(row) {
                    Some(key) => Some(found.any(|row| F::id(&row) == key)),
                    // As of any list: NULL is none of no rows, and unknown to be one of some.
                    None => found.next().is_none().then_some(false),
                }
            }),
        }
    }

    fn annotation(&self, context: &Context, plan: &AggregatePlan) -> Value<E> {
        let related = self.filtered(context, plan.filter.as_deref());
        match plan.function % 10 {
            3 => aggregate::count_except(&related, plan.condition.condition::<F>(context)).value(),
            0 => aggregate::count(&related).value(),
            1 => aggregate::any(&related, plan.condition.condition::<F>(context)).value(),
            2 => aggregate::every(&related, plan.condition.condition::<F>(context)).value(),
            _ => F::aggregated(&related, context, plan),
        }
    }

    fn counted(&self, context: &Context, filter: Option<&ConditionPlan>) -> Typed<E, i64> {
        aggregate::count(&self.filtered(context, filter))
    }

    fn with_any(
        &self,
        context: &Context,
        filter: Option<&ConditionPlan>,
        rows: Rows<E>,
    ) -> (Rows<E>, Condition<E>) {
        let rows = rows.with_any(&self.filtered(context, filter).relation);
        (rows, self.existence(context, filter, false))
    }
}
