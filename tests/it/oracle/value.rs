//! Values of a row in SQL and in memory.

#![expect(
    clippy::type_complexity,
    reason = "a value in SQL stands beside a function in memory"
)]

use std::collections::BTreeSet;
use std::rc::Rc;

use chrono::{DateTime, Utc};
use pagewise::aggregate::{AggregateRow, GroupedListing, Groups, Number, Rows, Series, Top};
use pagewise::driver::Row;
use pagewise::expression::{Expression, Operand};
use pagewise::listing::Selectable;
use pagewise::schema::SqlType;
use pagewise::{Column, Error, Listing, Order, Predicate};

use super::condition::{self, Test};
use super::datum::{Datum, Decoded, Sample};
use super::{Eval, Modeled, Uses, View};

/// A value of the type `T`, twice.
pub struct Typed<E: Modeled, T> {
    /// Equal words mean the same value.
    pub words: String,
    pub uses: Uses,
    pub expression: Expression<E, T>,
    pub eval: Eval<E>,
    /// What it is where nothing belongs to the row; unknown of what does not come from other rows.
    pub zero: Option<Datum>,
    /// The tables whose rows it is computed of: if one is empty, it is computed of nothing.
    pub source: BTreeSet<&'static str>,
}

type Show<E> = Rc<dyn Fn(Listing<E>, &str) -> Listing<E>>;
type Read<E> = Rc<dyn Fn(&Row<E>, &str) -> Result<Datum, Error>>;
type Tested<E> = Rc<dyn Fn(&Test) -> Predicate<E>>;
type ShowGrouped<E> = Rc<dyn Fn(GroupedListing<E>, &str) -> GroupedListing<E>>;
type Beside = Rc<dyn Fn(&AggregateRow, &str) -> Result<Datum, Error>>;

/// What a value can be asked besides what all can.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Any,
    Text,
    Time,
    Array,
}

/// A value of any type, twice.
pub struct Value<E: Modeled> {
    pub words: String,
    pub uses: Uses,
    pub eval: Eval<E>,
    pub zero: Option<Datum>,
    pub source: BTreeSet<&'static str>,
    /// The name that pagewise gives it.
    pub name: String,
    pub kind: Kind,
    pub is_array: bool,
    /// Adds it to a listing under a name.
    pub show: Show<E>,
    /// Reads it by the handle of that name.
    pub read: Read<E>,
    /// Ascending, or descending.
    pub order: Rc<dyn Fn(bool) -> Order<E>>,
    pub test: Tested<E>,
    /// How many different ones the rows of a set have.
    pub count_distinct: Rc<dyn Fn(&Rows<E>) -> Number<i64>>,
    /// Groups by it, under a name.
    pub group: Rc<dyn Fn(Groups, &str) -> Groups>,
    /// Adds it to a listing with numbers, under a name.
    pub show_grouped: ShowGrouped<E>,
    /// Splits by it.
    pub split: Rc<dyn Fn(Series, Top) -> Series>,
    /// Reads it beside numbers, by the handle of that name.
    pub group_of: Beside,
    /// Values that are worth comparing with.
    pub pool: Rc<dyn Fn() -> Vec<Datum>>,
    /// Values that are not in any data.
    pub marked: fn(u8) -> Datum,
}

impl<E: Modeled> Clone for Value<E> {
    fn clone(&self) -> Self {
        Self {
            words: self.words.clone(),
            uses: self.uses.clone(),
            eval: Rc::clone(&self.eval),
            zero: self.zero.clone(),
            source: self.source.clone(),
            name: self.name.clone(),
            show: Rc::clone(&self.show),
            read: Rc::clone(&self.read),
            order: Rc::clone(&self.order),
            test: Rc::clone(&self.test),
            count_distinct: Rc::clone(&self.count_distinct),
            group: Rc::clone(&self.group),
            show_grouped: Rc::clone(&self.show_grouped),
            split: Rc::clone(&self.split),
            group_of: Rc::clone(&self.group_of),
            pool: Rc::clone(&self.pool),
            ..*self
        }
    }
}

/// A column and where it stands in memory.
pub fn column<E: Modeled, T: Sample>(
    column: Column<E, T>,
    read: impl Fn(&E::Row) -> T + 'static,
) -> Typed<E, T> {
    Typed {
        words: column.name().to_owned(),
        source: BTreeSet::new(),
        uses: Uses::default(),
        expression: column.into_expression(),
        eval: Rc::new(move |_, row| read(row).datum()),
        zero: None,
    }
}

/// Anything else that has a value of a row.
pub fn computed<E: Modeled, T: Sample>(
    words: impl Into<String>,
    uses: Uses,
    operand: impl Operand<E, Type = T>,
    eval: impl Fn(&View, &E::Row) -> Datum + 'static,
) -> Typed<E, T> {
    Typed {
        words: words.into(),
        source: uses.tables.clone(),
        uses,
        expression: operand.into_operand(),
        eval: Rc::new(eval),
        zero: None,
    }
}

impl<E: Modeled, T: Sample> Typed<E, T> {
    /// What it is of nothing.
    pub fn or_else(mut self, zero: Datum) -> Self {
        self.zero = Some(zero);
        self
    }

    fn erased(self, kind: Kind, test: fn(&Expression<E, T>, &Test) -> Predicate<E>) -> Value<E> {
        let expression = Rc::new(self.expression);
        let [shown, read, order, tested] = std::array::from_fn(|_| Rc::clone(&expression));
        let [distinct, group, beside, split, group_of] =
            std::array::from_fn(|_| Rc::clone(&expression));
        Value {
            words: self.words,
            uses: self.uses,
            eval: self.eval,
            zero: self.zero,
            source: self.source,
            name: expression.output_name().into_owned(),
            kind,
            is_array: matches!(T::DATA_TYPE, pagewise::schema::DataType::Array(_)),
            show: Rc::new(move |listing, name| {
                listing.show((*shown).clone().named(name.to_owned()))
            }),
            read: Rc::new(move |row, name| {
                row.get((*read).clone().named(name.to_owned()))
                    .map(T::datum)
            }),
            order: Rc::new(move |descending| {
                if descending {
                    order.desc()
                } else {
                    order.asc()
                }
            }),
            test: Rc::new(move |what| test(&tested, what)),
            count_distinct: Rc::new(move |rows| rows.count_distinct(&*distinct)),
            group: Rc::new(move |groups, name| groups.by((*group).clone().named(name.to_owned()))),
            show_grouped: Rc::new(move |listing, name| {
                listing.show((*beside).clone().named(name.to_owned()))
            }),
            split: Rc::new(move |series, top| series.split_by(&*split, top)),
            group_of: Rc::new(move |row, name| {
                row.get_value((*group_of).clone().named(name.to_owned()))
                    .map(T::datum)
            }),
            pool: Rc::new(|| T::Base::pool().into_iter().map(Decoded::datum).collect()),
            marked: |at| T::Base::marked(at).datum(),
        }
    }

    pub fn value(self) -> Value<E> {
        self.erased(Kind::Any, condition::predicate)
    }
}

impl<E: Modeled, T: Sample + SqlType<Base = String>> Typed<E, T> {
    /// A text, which is also searched in.
    pub fn text(self) -> Value<E> {
        self.erased(Kind::Text, condition::matching)
    }
}

impl<E: Modeled, T: Sample + SqlType<Base = DateTime<Utc>>> Typed<E, T> {
    /// An instant, whose dates are asked for.
    pub fn time(self) -> Value<E> {
        self.erased(Kind::Time, condition::dated)
    }
}

impl<E: Modeled, T: Sample + SqlType<Base = Vec<X>>, X: Decoded> Typed<E, T> {
    /// An array, in which elements are looked for.
    pub fn array(self) -> Value<E> {
        self.erased(Kind::Array, condition::containing)
    }
}
