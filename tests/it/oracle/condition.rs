//! Conditions in SQL and in memory, with SQL's three truth values.

use std::cmp::Ordering;
use std::rc::Rc;

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use pagewise::expression::Expression;
use pagewise::schema::SqlType;
use pagewise::{Entity, Predicate};

use super::datum::{Datum, Decoded, Sample};
use super::{Modeled, Uses, View};

/// True, false, or NULL: what a condition is of a row.
pub type Truth = Option<bool>;

/// What a condition is of a row in memory.
pub type Holds<E> = Rc<dyn Fn(&View, &<E as Modeled>::Row) -> Truth>;

/// A condition, twice.
pub struct Condition<E: Modeled> {
    /// For people who read a failure.
    pub words: String,
    pub uses: Uses,
    pub predicate: Predicate<E>,
    pub holds: Holds<E>,
}

impl<E: Modeled> Clone for Condition<E> {
    fn clone(&self) -> Self {
        Self {
            words: self.words.clone(),
            uses: self.uses.clone(),
            predicate: self.predicate.clone(),
            holds: Rc::clone(&self.holds),
        }
    }
}

/// What one value is asked.
#[derive(Clone, Debug, PartialEq)]
pub enum Test {
    Compare(How, Datum),
    Within(Datum, Datum),
    Null(bool),
    AnyOf(Vec<Datum>),
    NoneOf(Vec<Datum>),
    Match(Match, String),
    /// In a zone, which is so many hours ahead.
    Date(Day, NaiveDate, &'static (&'static str, i64)),
    Overlaps(Vec<Datum>),
    ContainsAll(Vec<Datum>),
}

/// How a date stands to another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Day {
    On,
    Before,
    After,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum How {
    Eq,
    Ne,
    Lt,
    Le,
    Gt,
    Ge,
    Distinct,
    NotDistinct,
}

/// How a text is looked for in another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Match {
    Contains,
    ContainsIgnoreCase,
    Starts,
    StartsIgnoreCase,
    Ends,
    EndsIgnoreCase,
    EqualsIgnoreCase,
}

/// The test as pagewise's condition; [`matching`] makes those of texts.
pub fn predicate<E: Entity, T: Sample>(value: &Expression<E, T>, test: &Test) -> Predicate<E> {
    let base = T::Base::sample;
    match test {
        Test::Compare(How::Eq, with) => value.eq(base(with)),
        Test::Compare(How::Ne, with) => value.ne(base(with)),
        Test::Compare(How::Lt, with) => value.lt(base(with)),
        Test::Compare(How::Le, with) => value.le(base(with)),
        Test::Compare(How::Gt, with) => value.gt(base(with)),
        Test::Compare(How::Ge, with) => value.ge(base(with)),
        Test::Compare(How::Distinct, with) => value.is_distinct_from(base(with)),
        Test::Compare(How::NotDistinct, with) => value.is_not_distinct_from(base(with)),
        Test::Within(start, end) => value.within(base(start)..base(end)),
        Test::Null(true) => value.is_null(),
        Test::Null(false) => value.is_not_null(),
        Test::AnyOf(list) => value.any_of(list.iter().map(base)),
        Test::NoneOf(list) => value.none_of(list.iter().map(base)),
        Test::Match(..) | Test::Date(..) | Test::Overlaps(_) | Test::ContainsAll(_) => {
            panic!("asked only of texts, times or arrays")
        }
    }
}

/// The same of an instant.
pub fn dated<E: Entity, T: Sample + SqlType<Base = DateTime<Utc>>>(
    value: &Expression<E, T>,
    test: &Test,
) -> Predicate<E> {
    let Test::Date(day, date, (zone, _)) = test else {
        return predicate(value, test);
    };
    let zone = zone.parse().expect("a zone");
    match day {
        Day::On => value.on_date(*date, &zone),
        Day::Before => value.before_date(*date, &zone),
        Day::After => value.after_date(*date, &zone),
    }
}

/// The same of an array.
pub fn containing<E: Entity, T: Sample + SqlType<Base = Vec<X>>, X: Decoded>(
    value: &Expression<E, T>,
    test: &Test,
) -> Predicate<E> {
    match test {
        Test::Overlaps(list) => value.overlaps(list.iter().map(X::sample)),
        Test::ContainsAll(list) => value.contains_all(list.iter().map(X::sample)),
        test => predicate(value, test),
    }
}

/// The same of a text.
pub fn matching<E: Entity, T: Sample + SqlType<Base = String>>(
    value: &Expression<E, T>,
    test: &Test,
) -> Predicate<E> {
    let Test::Match(how, text) = test else {
        return predicate(value, test);
    };
    match how {
        Match::Contains => value.contains(text),
        Match::ContainsIgnoreCase => value.contains_ignore_case(text),
        Match::Starts => value.starts_with(text),
        Match::StartsIgnoreCase => value.starts_with_ignore_case(text),
        Match::Ends => value.ends_with(text),
        Match::EndsIgnoreCase => value.ends_with_ignore_case(text),
        Match::EqualsIgnoreCase => value.eq_ignore_case(text),
    }
}

impl Test {
    /// What the test is of a value.
    pub fn of(&self, value: &Datum) -> Truth {
        let compare = |with: &Datum, is: fn(Ordering) -> bool| {
            (!value.is_null()).then(|| is(value.cmp(with)))
        };
        match self {
            Self::Compare(how, with) => match how {
                How::Eq => compare(with, Ordering::is_eq),
                How::Ne => compare(with, Ordering::is_ne),
                How::Lt => compare(with, Ordering::is_lt),
                How::Le => compare(with, Ordering::is_le),
                How::Gt => compare(with, Ordering::is_gt),
                How::Ge => compare(with, Ordering::is_ge),
                How::Distinct => Some(value != with),
                How::NotDistinct => Some(value == with),
            },
            Self::Within(start, end) => compare(start, Ordering::is_ge)
                .zip(compare(end, Ordering::is_lt))
                .map(|(a, b)| a && b),
            Self::Null(null) => Some(value.is_null() == *null),
            // Nothing in the list is true of nothing, NULL included.
            Self::AnyOf(list) if list.is_empty() => Some(false),
            Self::NoneOf(list) if list.is_empty() => Some(true),
            Self::AnyOf(list) => (!value.is_null()).then(|| list.contains(value)),
            Self::NoneOf(list) => (!value.is_null()).then(|| !list.contains(value)),
            Self::Date(day, date, (_, hours)) => (!value.is_null()).then(|| {
                let local = value.time() + TimeDelta::hours(*hours);
                let ordering = local.date_naive().cmp(date);
                match day {
                    Day::On => ordering.is_eq(),
                    Day::Before => ordering.is_lt(),
                    Day::After => ordering.is_gt(),
                }
            }),
            Self::Overlaps(list) => (!value.is_null()).then(|| {
                value
                    .elements()
                    .iter()
                    .any(|element| list.contains(element))
            }),
            Self::ContainsAll(list) => (!value.is_null()).then(|| {
                list.iter()
                    .all(|element| value.elements().contains(element))
            }),
            Self::Match(how, text) => (!value.is_null()).then(|| how.finds(value.text(), text)),
        }
    }
}

impl Match {
    fn finds(self, value: &str, text: &str) -> bool {
        let fold = str::to_ascii_lowercase;
        match self {
            Self::Contains => value.contains(text),
            Self::ContainsIgnoreCase => fold(value).contains(&fold(text)),
            Self::Starts => value.starts_with(text),
            Self::StartsIgnoreCase => fold(value).starts_with(&fold(text)),
            Self::Ends => value.ends_with(text),
            Self::EndsIgnoreCase => fold(value).ends_with(&fold(text)),
            Self::EqualsIgnoreCase => fold(value) == fold(text),
        }
    }
}

/// AND of three truth values.
pub fn and(a: Truth, b: Truth) -> Truth {
    match (a, b) {
        (Some(false), _) | (_, Some(false)) => Some(false),
        (Some(true), Some(true)) => Some(true),
        _ => None,
    }
}

/// OR of three truth values.
pub fn or(a: Truth, b: Truth) -> Truth {
    match (a, b) {
        (Some(true), _) | (_, Some(true)) => Some(true),
        (Some(false), Some(false)) => Some(false),
        _ => None,
    }
}

impl<E: Modeled> Condition<E> {
    pub fn not(self) -> Self {
        let holds = self.holds;
        Self {
            words: format!("NOT {}", self.words),
            uses: self.uses,
            predicate: !self.predicate,
            holds: Rc::new(move |view, row| holds(view, row).map(|truth| !truth)),
        }
    }

    pub fn not_true(self) -> Self {
        let holds = self.holds;
        Self {
            words: format!("{} IS NOT TRUE", self.words),
            uses: self.uses,
            predicate: self.predicate.is_not_true(),
            holds: Rc::new(move |view, row| Some(holds(view, row) != Some(true))),
        }
    }

    /// All of them, or any; `folded` by a chain of `and` and `or`, else by `all` and `any`.
    pub fn combined(parts: Vec<Self>, all: bool, folded: bool) -> Self {
        let words: Vec<&str> = parts.iter().map(|part| part.words.as_str()).collect();
        let words = format!("({})", words.join(if all { " AND " } else { " OR " }));
        let uses = parts
            .iter()
            .fold(Uses::default(), |uses, part| uses.and(&part.uses));
        let predicates = parts.iter().map(|part| part.predicate.clone());
        let predicate = match (folded && !parts.is_empty(), all) {
            (false, true) => Predicate::all(predicates),
            (false, false) => Predicate::any(predicates),
            (true, true) => predicates
                .reduce(Predicate::and)
                .unwrap_or_else(|| Predicate::all([])),
            (true, false) => predicates
                .reduce(Predicate::or)
                .unwrap_or_else(|| Predicate::any([])),
        };
        let holds: Vec<_> = parts.into_iter().map(|part| part.holds).collect();
        Self {
            words,
            uses,
            predicate,
            holds: Rc::new(move |view, row| {
                let truths = holds.iter().map(|holds| holds(view, row));
                if all {
                    truths.fold(Some(true), and)
                } else {
                    truths.fold(Some(false), or)
                }
            }),
        }
    }
}
