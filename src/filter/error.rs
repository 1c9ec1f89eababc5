//! What can be wrong with the filters of a request: [`FilterError`].

use super::Operator;

/// A part of a request's filters that cannot be taken.
///
/// Read strictly, the first is the error of the whole request; read leniently, the part is left out and the error is
/// in the list of problems.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum FilterError {
    /// The set has no column of this name.
    #[error("cannot filter by {column:?}: use one of {}", known.join(", "))]
    #[non_exhaustive]
    UnknownColumn {
        /// What the request said.
        column: String,
        /// The names of the set's columns.
        known: Vec<&'static str>,
    },

    /// The column has no operator of this name.
    #[error(
        "cannot filter {column:?} by {operator:?}: use one of {}",
        names(known)
    )]
    #[non_exhaustive]
    UnknownOperator {
        /// The column.
        column: String,
        /// What the request said.
        operator: String,
        /// The operators that the column has.
        known: Vec<Operator>,
    },

    /// The value does not fit the column.
    #[error("cannot filter {column:?} {operator} {value:?}: {expected}")]
    #[non_exhaustive]
    InvalidValue {
        /// The column.
        column: String,
        /// The operator.
        operator: Operator,
        /// What the request said.
        value: String,
        /// What would do.
        expected: &'static str,
    },

    /// There is no value.
    #[error("the filter of {column:?} has no value: give one, or leave the filter out")]
    #[non_exhaustive]
    NoValue {
        /// The column.
        column: String,
    },

    /// There is a value without an operator, or an operator without a value.
    #[error(
        "the filter of {column:?} is incomplete: it has {} values and {} operators",
        values,
        operators
    )]
    #[non_exhaustive]
    Incomplete {
        /// The column, or the number of the filter where requests number them.
        column: String,
        /// How many values there are.
        values: usize,
        /// How many operators there are.
        operators: usize,
    },

    /// A text that names no version of a chatbot.
    #[error("{version:?} is no version: write v3, 3 or v3-unreleased")]
    #[non_exhaustive]
    InvalidVersion {
        /// What the request said.
        version: String,
    },

    /// There are more filters than the set takes.
    #[error(
        "there are {count} filters, the limit is {limit}: ask for less, or raise it with `.limit(..)`"
    )]
    #[non_exhaustive]
    TooMany {
        /// How many there are.
        count: usize,
        /// How many the set takes.
        limit: usize,
    },
}

fn names(operators: &[Operator]) -> String {
    let names: Vec<_> = operators.iter().map(|operator| operator.name()).collect();
    names.join(", ")
}
