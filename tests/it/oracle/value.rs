//! Values of a row in SQL and in memory.

use std::rc::Rc;

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
}

/// A value of any type, twice.
pub struct Value<E: Modeled> {
    pub words: String,
    pub uses: Uses,
    pub eval: Eval<E>,
    pub zero: Option<Datum>,
    /// The name that pagewise gives it.
    pub name: String,
    pub is_text: bool,
    pub is_array: bool,
    /// Adds it to a listing under a name.
    pub show: Rc<dyn Fn(Listing<E>, &str) -> Listing<E>>,
    /// Reads it by the handle of that name.
    pub read: Rc<dyn Fn(&Row<E>, &str) -> Result<Datum, Error>>,
    /// Ascending, or descending.
    pub order: Rc<dyn Fn(bool) -> Order<E>>,
    pub test: Rc<dyn Fn(&Test) -> Predicate<E>>,
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
            name: self.name.clone(),
            show: Rc::clone(&self.show),
            read: Rc::clone(&self.read),
            order: Rc::clone(&self.order),
            test: Rc::clone(&self.test),
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

    fn erased(self, is_text: bool, test: fn(&Expression<E, T>, &Test) -> Predicate<E>) -> Value<E> {
        let expression = Rc::new(self.expression);
        let (shown, read, order, tested) = (
            Rc::clone(&expression),
            Rc::clone(&expression),
            Rc::clone(&expression),
            Rc::clone(&expression),
        );
        Value {
            words: self.words,
            uses: self.uses,
            eval: self.eval,
            zero: self.zero,
            name: expression.output_name().into_owned(),
            is_text,
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
            pool: Rc::new(|| T::Base::pool().into_iter().map(Decoded::datum).collect()),
            marked: |at| T::Base::marked(at).datum(),
        }
    }

    pub fn value(self) -> Value<E> {
        self.erased(false, condition::predicate)
    }
}

impl<E: Modeled, T: Sample + SqlType<Base = String>> Typed<E, T> {
    /// A text, which is also searched in.
    pub fn text(self) -> Value<E> {
        self.erased(true, condition::matching)
    }
}
