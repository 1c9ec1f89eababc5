//! What a filter of a request asks, and what that means for a row: [`Question`] and [`Meaning`].

use std::borrow::Cow;

use super::{FilterError, Operator, Viewer};
use crate::predicate::Predicate;
use crate::schema::Entity;

/// One filter of a request, once its column and its operator are known.
///
/// There is at least one value, and exactly one unless the operator [takes a list](Operator::takes_list). No value
/// contains NUL, and a single one is not empty.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Question<'a> {
    /// The name of the column.
    pub column: &'static str,
    /// One of the operators that the column has.
    pub operator: Operator,
    /// What the column is compared with.
    pub values: &'a [String],
    /// Who asks.
    pub viewer: &'a Viewer,
}

impl<'a> Question<'a> {
    /// The value, of operators that take one; the first of others.
    #[must_use]
    pub fn value(&self) -> &'a str {
        self.values.first().map_or("", String::as_str)
    }

    /// Each value as what it stands for.
    ///
    /// # Errors
    ///
    /// [`FilterError::InvalidValue`] of the first value for which `read` says `None`.
    pub fn each<T>(
        &self,
        expected: impl Into<Cow<'static, str>>,
        read: impl Fn(&'a str) -> Option<T>,
    ) -> Result<Vec<T>, FilterError> {
        let expected = expected.into();
        let values = self.values.iter();
        values
            .map(|value| read(value).ok_or_else(|| self.invalid(value, expected.clone())))
            .collect()
    }

    /// That a value does not fit, and what would.
    #[must_use]
    pub fn invalid(&self, value: &str, expected: impl Into<Cow<'static, str>>) -> FilterError {
        FilterError::InvalidValue {
            column: self.column.to_owned(),
            operator: self.operator,
            value: value.to_owned(),
            expected: expected.into(),
        }
    }

    /// That the column has not the operator: for the rest of a `match` on it.
    #[must_use]
    pub fn unknown_operator(&self, known: &[Operator]) -> FilterError {
        FilterError::UnknownOperator {
            column: self.column.to_owned(),
            operator: self.operator.name().to_owned(),
            known: known.to_vec(),
        }
    }
}

/// What a filter means for a row: a condition that must be true, or must not be.
///
/// That it must not be true is not that its opposite must be: where a value is NULL nothing is known, so the row is kept.
#[derive(Clone, Debug)]
pub struct Meaning<E> {
    pub(super) condition: Predicate<E>,
    pub(super) negated: bool,
}

impl<E: Entity> Meaning<E> {
    /// The condition is true.
    #[must_use]
    pub fn is(condition: Predicate<E>) -> Self {
        Self {
            condition,
            negated: false,
        }
    }

    /// The condition is not true: it is false, or NULL.
    #[must_use]
    pub fn is_not(condition: Predicate<E>) -> Self {
        Self {
            condition,
            negated: true,
        }
    }

    /// The condition on a row.
    #[must_use]
    pub fn into_predicate(self) -> Predicate<E> {
        if self.negated {
            self.condition.is_not_true()
        } else {
            self.condition
        }
    }
}
