//! What is computed of the rows of a set, in SQL and in memory.

use std::rc::Rc;

use pagewise::aggregate::{Number, Rows};
use pagewise::annotation::{MinMax, Summed};
use pagewise::schema::SqlType;
use proptest::option::weighted;
use proptest::prelude::*;

use super::any_number::AnyNumber;
use super::entities::Measured;
use super::set::Set;
use crate::oracle::condition::Condition;
use crate::oracle::datum::{Datum, Sample};
use crate::oracle::plan::{ConditionPlan, ValuePlan, simple_condition, simple_value};
use crate::oracle::value::Typed;
use crate::oracle::{Context, Eval, Modeled, Uses, View};

/// A number over a set.
#[derive(Clone, Debug)]
pub struct NumberPlan {
    pub function: u8,
    /// What is counted differently.
    pub value: ValuePlan,
    pub measure: u8,
    /// Related rows that are counted, and added up.
    pub related: (u8, Option<ConditionPlan>),
    /// Only of these.
    pub only: Option<ConditionPlan>,
    /// What else is made of it: the one before it, or itself, divided, multiplied, filled.
    pub derived: u8,
}

pub fn number_plan() -> impl Strategy<Value = NumberPlan> {
    (
        any::<u8>(),
        simple_value(),
        any::<u8>(),
        (any::<u8>(), weighted(0.5, simple_condition())),
        weighted(0.5, simple_condition()),
        any::<u8>(),
    )
        .prop_map(
            |(function, value, measure, related, only, derived)| NumberPlan {
                function,
                value,
                measure,
                related,
                only,
                derived,
            },
        )
}

/// What a number is of rows in memory.
pub type Computed<E> = Rc<dyn Fn(&View, &[<E as Modeled>::Row]) -> Datum>;

/// A number over a set, twice.
pub struct Measurement<E: Modeled> {
    pub words: String,
    pub uses: Uses,
    pub number: AnyNumber,
    pub of: Computed<E>,
}

impl<E: Modeled> Clone for Measurement<E> {
    fn clone(&self) -> Self {
        Self {
            words: self.words.clone(),
            uses: self.uses.clone(),
            number: self.number.clone(),
            of: Rc::clone(&self.of),
        }
    }
}

/// Makes numbers of a value, by which function does not matter to those who ask.
pub struct Measure<E: Modeled> {
    words: String,
    uses: Uses,
    eval: Eval<E>,
    numbers: Numbers<E>,
}

/// The number that a function makes of a set's rows.
type Numbers<E> = Rc<dyn Fn(Function, &Rows<E>) -> AnyNumber>;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Function {
    Min,
    Max,
    Sum,
    Avg,
}

impl Function {
    /// What it is of values that are not NULL.
    fn of(self, values: &[Datum]) -> Datum {
        let numbers = || {
            values.iter().map(|value| match value {
                Datum::Int(int) => *int,
                other => panic!("{other:?} is no whole number"),
            })
        };
        match self {
            Self::Min => values
                .iter()
                .min_by(|a, b| a.cmp(b))
                .cloned()
                .unwrap_or(Datum::Null),
            Self::Max => values
                .iter()
                .max_by(|a, b| a.cmp(b))
                .cloned()
                .unwrap_or(Datum::Null),
            Self::Sum => Datum::Int(numbers().sum()),
            Self::Avg if values.is_empty() => Datum::Null,
            #[expect(clippy::cast_precision_loss, reason = "few small numbers")]
            Self::Avg => Datum::Float(numbers().sum::<i64>() as f64 / values.len() as f64),
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Min => "MIN",
            Self::Max => "MAX",
            Self::Sum => "SUM",
            Self::Avg => "AVG",
        }
    }
}

/// What has an order.
pub fn ordered<E: Modeled, T>(value: Typed<E, T>) -> Measure<E>
where
    T: Sample + SqlType<Base: MinMax>,
    AnyNumber: From<Number<Option<T::Base>>>,
{
    let expression = value.expression;
    Measure {
        words: value.words,
        uses: value.uses,
        eval: value.eval,
        numbers: Rc::new(move |function, rows| match function {
            Function::Min => rows.min(&expression).into(),
            _ => rows.max(&expression).into(),
        }),
    }
}

/// What can be added up.
pub fn number<E: Modeled, T>(value: Typed<E, T>) -> Measure<E>
where
    T: Sample + SqlType<Base: MinMax + Summed<Sum = i64>>,
    AnyNumber: From<Number<Option<T::Base>>>,
{
    let expression = value.expression;
    Measure {
        words: value.words,
        uses: value.uses,
        eval: value.eval,
        numbers: Rc::new(move |function, rows| match function {
            Function::Min => rows.min(&expression).into(),
            Function::Max => rows.max(&expression).into(),
            Function::Sum => rows.sum(&expression).into(),
            Function::Avg => rows.avg(&expression).into(),
        }),
    }
}

impl<E: Modeled> Measure<E> {
    fn measurement(&self, function: u8, rows: &Rows<E>) -> Measurement<E> {
        // Whether it has a sum, its number says.
        let summed = (self.numbers)(Function::Sum, rows);
        let functions: &[Function] = match summed {
            AnyNumber::Big(_) => &[Function::Sum, Function::Avg, Function::Min, Function::Max],
            _ => &[Function::Min, Function::Max],
        };
        let function = functions[usize::from(function) % functions.len()];
        let eval = Rc::clone(&self.eval);
        Measurement {
            words: format!("{}({})", function.name(), self.words),
            uses: self.uses.clone().function(function.name()),
            number: (self.numbers)(function, rows),
            of: Rc::new(move |view, rows| {
                let values = rows.iter().map(|row| eval(view, row));
                let values: Vec<_> = values.filter(|value| !value.is_null()).collect();
                function.of(&values)
            }),
        }
    }
}

/// How many rows.
fn count<E: Modeled>(rows: &Rows<E>) -> Measurement<E> {
    Measurement {
        words: "COUNT(*)".to_owned(),
        uses: Uses::default().function("COUNT"),
        number: rows.count().into(),
        of: Rc::new(|_, rows| int(rows.len())),
    }
}

fn int(count: usize) -> Datum {
    Datum::Int(i64::try_from(count).unwrap_or(0))
}

impl NumberPlan {
    /// The number of a set's rows, without what is derived of it.
    pub fn measurement<E: Measured>(&self, set: &Set<E>, context: &Context) -> Measurement<E> {
        let only = self.only.as_ref().map(|only| only.condition::<E>(context));
        let rows = match &only {
            Some(only) => set.rows.only(only.predicate.clone()),
            None => set.rows.clone(),
        };
        let mut measurement = self.plain(&rows, context);
        if let Some(only) = only {
            measurement = limited(measurement, &only);
        }
        measurement.uses = measurement.uses.and(&set.uses);
        measurement
    }

    fn plain<E: Measured>(&self, rows: &Rows<E>, context: &Context) -> Measurement<E> {
        match self.function % 8 {
            0 | 1 => count(rows),
            2 | 3 => {
                let value = self.value.value::<E>(context);
                let eval = value.eval;
                Measurement {
                    words: format!("COUNT(DISTINCT {})", value.words),
                    uses: value.uses.function("COUNT"),
                    number: (value.count_distinct)(rows).into(),
                    of: Rc::new(move |view, rows| {
                        let values = rows.iter().map(|row| eval(view, row));
                        let mut values: Vec<_> = values.filter(|value| !value.is_null()).collect();
                        values.sort_by(Datum::cmp);
                        values.dedup();
                        int(values.len())
                    }),
                }
            }
            4 | 5 => {
                // Numbers of related rows: of those that a set is limited to, of a part of them, and of others.
                let (relation, filter) = &self.related;
                let mut relations = E::relations();
                let relation = relations.swap_remove(usize::from(*relation) % relations.len());
                let counted = number(relation.counted(context, filter.as_ref()));
                counted.measurement(self.measure, rows)
            }
            _ => {
                let measures = E::measures();
                let at = usize::from(self.measure) % measures.len();
                measures[at].measurement(self.function / 8, rows)
            }
        }
    }
}

/// The same of only those rows of which the condition is true.
fn limited<E: Modeled>(measurement: Measurement<E>, only: &Condition<E>) -> Measurement<E> {
    let (of, holds) = (measurement.of, Rc::clone(&only.holds));
    Measurement {
        words: format!("{} of only {}", measurement.words, only.words),
        uses: measurement.uses.and(&only.uses),
        number: measurement.number,
        of: Rc::new(move |view, rows| {
            let rows: Vec<_> = rows
                .iter()
                .filter(|row| holds(view, row) == Some(true))
                .cloned()
                .collect();
            of(view, &rows)
        }),
    }
}

impl<E: Modeled> Measurement<E> {
    pub fn named(mut self, name: String) -> Self {
        self.number = self.number.named(name);
        self
    }

    /// Something made of it, and of another.
    pub fn derived(self, by: &Self, how: u8) -> Self {
        let Some(derived) = derived(&self.number, &by.number, how) else {
            return self;
        };
        let (a, b) = (self.of, Rc::clone(&by.of));
        Self {
            words: format!("({} {} {})", self.words, derived.words, by.words),
            uses: match derived.is_of_both {
                true => self.uses.and(&by.uses),
                false => self.uses,
            },
            number: derived.number,
            of: Rc::new(move |view, rows| (derived.of)(a(view, rows), b(view, rows))),
        }
    }
}

/// A number made of one or two others, and what it is of what they are.
pub struct Derived {
    pub words: String,
    pub number: AnyNumber,
    pub is_of_both: bool,
    pub of: Rc<dyn Fn(Datum, Datum) -> Datum>,
}

/// Something made of a number and another, or of the first alone; nothing if they are not of such types, or for a change.
pub fn derived(number: &AnyNumber, by: &AnyNumber, how: u8) -> Option<Derived> {
    const ZEROS: [f64; 3] = [0.0, -1.5, 100.0];
    let zero = ZEROS[usize::from(how / 8) % ZEROS.len()];
    match how % 8 {
        0..=2 => Some(Derived {
            words: format!("or {zero} by"),
            number: number.per(by, zero)?,
            is_of_both: true,
            of: Rc::new(move |a, b| ratio(&a, &b, zero)),
        }),
        3 => Some(Derived {
            words: "times -2.5, not".to_owned(),
            number: number.times(-2.5)?,
            is_of_both: false,
            of: Rc::new(|a, _| match a {
                Datum::Float(float) => Datum::Float(float * -2.5),
                other => other,
            }),
        }),
        4 => {
            let (number, mark) = number.or_mark()?;
            Some(Derived {
                words: format!("or {mark:?}, not"),
                number,
                is_of_both: false,
                of: Rc::new(move |a, _| match a {
                    Datum::Null => mark.clone(),
                    other => other,
                }),
            })
        }
        _ => None,
    }
}

fn ratio(a: &Datum, b: &Datum, zero: f64) -> Datum {
    #[expect(clippy::cast_precision_loss, reason = "few small numbers")]
    let float = |datum: &Datum| match datum {
        Datum::Int(int) => Some(*int as f64),
        Datum::Float(float) => Some(*float),
        _ => None,
    };
    Datum::Float(match (float(a), float(b)) {
        (Some(a), Some(b)) if b != 0.0 => a / b,
        _ => zero,
    })
}
