//! Sets of rows in SQL and in memory: [`Set`].

use std::rc::Rc;

use pagewise::aggregate::Rows;
use proptest::collection::vec;
use proptest::option::weighted;
use proptest::prelude::*;

use super::entities::Measured;
use crate::oracle::condition::Condition;
use crate::oracle::plan::{ConditionPlan, simple_condition};
use crate::oracle::{Context, Uses};

/// A set of rows.
#[derive(Clone, Debug)]
pub struct SetPlan {
    pub filters: Vec<ConditionPlan>,
    /// Only with some such related row.
    pub with_any: Option<(u8, Option<ConditionPlan>)>,
    /// Only with a value that is in another set.
    pub member: Option<(u8, Box<SetPlan>)>,
    /// Of that set, only a part.
    pub only: Option<ConditionPlan>,
    pub named: bool,
}

/// A set that builds on so many others.
pub fn set_plan(depth: u32) -> BoxedStrategy<SetPlan> {
    let member = match depth {
        0 => Just(None).boxed(),
        depth => weighted(0.4, (any::<u8>(), set_plan(depth - 1).prop_map(Box::new))).boxed(),
    };
    (
        vec(simple_condition(), 0..2),
        weighted(0.5, (any::<u8>(), weighted(0.5, simple_condition()))),
        member,
        weighted(0.3, simple_condition()),
        any::<bool>(),
    )
        .prop_map(|(filters, with_any, member, only, named)| SetPlan {
            filters,
            with_any,
            member,
            only,
            named,
        })
        .boxed()
}

/// A set made real for one entity and one team.
pub struct Set<E: Measured> {
    pub words: String,
    pub uses: Uses,
    /// Without the part.
    pub rows: Rows<E>,
    /// The rows in memory, in no order.
    pub members: Vec<E::Row>,
    /// What numbers over it take of it, besides.
    pub only: Option<Condition<E>>,
}

impl<E: Measured> Set<E> {
    pub fn new(plan: &SetPlan, context: &Context) -> Self {
        let mut rows = Rows::of(E::default());
        if plan.named {
            rows = rows.named("some_rows");
        }
        let mut conditions: Vec<Condition<E>> = Vec::new();
        for filter in &plan.filters {
            let condition = filter.condition::<E>(context);
            rows = rows.filter(condition.predicate.clone());
            conditions.push(condition);
        }
        if let Some((relation, filter)) = &plan.with_any {
            let mut relations = E::relations();
            let relation = relations.swap_remove(usize::from(*relation) % relations.len());
            let (with_any, condition) = relation.with_any(context, filter.as_ref(), rows);
            rows = with_any;
            conditions.push(condition);
        }
        if let Some((membership, set)) = &plan.member {
            let memberships = E::memberships();
            let membership = &memberships[usize::from(*membership) % memberships.len()];
            let condition = membership(set, context);
            rows = rows.filter(condition.predicate.clone());
            conditions.push(condition);
        }
        let mut members = E::rows(&context.view);
        members.retain(|row| {
            let mut holds = conditions.iter().map(|condition| &condition.holds);
            holds.all(|holds| holds(&context.view, row) == Some(true))
        });
        let words: Vec<_> = conditions.iter().map(|c| c.words.clone()).collect();
        let uses = conditions.iter().map(|condition| &condition.uses);
        let uses = uses.fold(Uses::tables(&E::tables()), |uses, of| uses.and(of));
        Self {
            words: format!("{}[{}]", E::DEFINITION.alias, words.join(" AND ")),
            uses,
            rows,
            members,
            only: plan.only.as_ref().map(|only| only.condition(context)),
        }
    }

    /// The part of it that is taken, and its rows in memory.
    pub fn part(&self, context: &Context) -> (Rows<E>, Vec<E::Row>) {
        let Some(only) = &self.only else {
            return (self.rows.clone(), self.members.clone());
        };
        let mut members = self.members.clone();
        members.retain(|row| (only.holds)(&context.view, row) == Some(true));
        (self.rows.only(only.predicate.clone()), members)
    }

    pub fn part_uses(&self) -> Uses {
        match &self.only {
            Some(only) => self.uses.clone().and(&only.uses),
            None => self.uses.clone(),
        }
    }
}

/// That a value is one of those of a set.
pub type Membership<E> = Rc<dyn Fn(&SetPlan, &Context) -> Condition<E>>;
