//! Several numbers of several sets, as they are asked for together.

use pagewise::aggregate::NumberList;
use pagewise::chat::{Experiment, Message, Participant, Session, Trace};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::Index;

use super::any_number::AnyNumber;
use super::entities::Measured;
use super::measure::{NumberPlan, derived, number_plan};
use super::set::{Set, SetPlan, set_plan};
use crate::laws::Of;
use crate::oracle::datum::Datum;
use crate::oracle::{Context, Uses};

/// Sets, and numbers over them.
#[derive(Clone, Debug)]
pub struct NumbersPlan {
    pub sets: Vec<(Of, SetPlan)>,
    pub numbers: Vec<(Index, NumberPlan)>,
}

pub fn of() -> impl Strategy<Value = Of> {
    prop_oneof![
        4 => Just(Of::Sessions),
        2 => Just(Of::Experiments),
        2 => Just(Of::Messages),
        1 => Just(Of::Traces),
        1 => Just(Of::Participants),
    ]
}

pub fn numbers_plan() -> impl Strategy<Value = NumbersPlan> {
    (
        vec((of(), set_plan(1)), 1..4),
        vec((any::<Index>(), number_plan()), 1..8),
    )
        .prop_map(|(sets, numbers)| NumbersPlan { sets, numbers })
}

/// A number, and what it is.
#[derive(Clone)]
pub struct Expected {
    pub words: String,
    pub uses: Uses,
    pub number: AnyNumber,
    pub value: Datum,
}

fn expected<E: Measured>(set: &SetPlan, number: &NumberPlan, context: &Context) -> Expected {
    let set = Set::<E>::new(set, context);
    let measurement = number.measurement(&set, context);
    Expected {
        words: format!("{} of {}", measurement.words, set.words),
        uses: measurement.uses,
        value: (measurement.of)(&context.view, &set.members),
        number: measurement.number,
    }
}

impl NumbersPlan {
    pub fn expected(&self, context: &Context) -> Vec<Expected> {
        let mut all: Vec<Expected> = Vec::new();
        for (at, (set, number)) in self.numbers.iter().enumerate() {
            let (of, set) = set.get(&self.sets);
            let of_entity = match of {
                Of::Sessions => expected::<Session>,
                Of::Experiments => expected::<Experiment>,
                Of::Messages => expected::<Message>,
                Of::Traces => expected::<Trace>,
                Of::Participants => expected::<Participant>,
            };
            let plain = of_entity(set, number, context);
            // Made of the one before it, of whatever set that is.
            let mut next = match all.last() {
                Some(before) => plain.derived(before, number.derived),
                None => plain,
            };
            next.number = next.number.named(format!("number {at}"));
            all.push(next);
        }
        all
    }
}

impl Expected {
    fn derived(self, by: &Self, how: u8) -> Self {
        let Some(derived) = derived(&self.number, &by.number, how) else {
            return self;
        };
        Self {
            words: format!("({} {} {})", self.words, derived.words, by.words),
            uses: match derived.is_of_both {
                true => self.uses.and(&by.uses),
                false => self.uses,
            },
            number: derived.number,
            value: (derived.of)(self.value, by.value.clone()),
        }
    }
}

/// Numbers as a host gives them to a builder.
pub fn list<'n>(numbers: impl IntoIterator<Item = &'n AnyNumber>) -> NumberList {
    let mut list = NumberList::default();
    for number in numbers {
        number.add_to(&mut list);
    }
    list
}
