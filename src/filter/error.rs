//! What can be wrong with the filters of a request: [`FilterError`].

use std::borrow::Cow;
use std::fmt;

use super::Operator;

/// A part of a request's filters that cannot be taken.
///
/// Read strictly, the first is the error of the whole request; read leniently, the part is left out and the error is
/// in the list of problems. What the request said is in the fields as it was; messages show its beginning.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum FilterError {
    /// The set has no column of this name.
    #[error("cannot filter by {}: use one of {}", Quoted(column), known.join(", "))]
    #[non_exhaustive]
    UnknownColumn {
        /// What the request said.
        column: String,
        /// The names of the set's columns.
        known: Vec<&'static str>,
    },

    /// The column has no operator of this name.
    #[error(
        "cannot filter {} by {}: use one of {}",
        Quoted(column),
        Quoted(operator),
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
    #[error(
        "cannot filter {} {operator} {}: {expected}",
        Quoted(column),
        Quoted(value)
    )]
    #[non_exhaustive]
    InvalidValue {
        /// The column.
        column: String,
        /// The operator.
        operator: Operator,
        /// What the request said.
        value: String,
        /// What would do.
        expected: Cow<'static, str>,
    },

    /// There is no value.
    #[error(
        "the filter of {} has no value: give one, or leave the filter out",
        Quoted(column)
    )]
    #[non_exhaustive]
    NoValue {
        /// The column.
        column: String,
    },

    /// There is a value without an operator, or an operator without a value.
    #[error(
        "the filter of {} is incomplete: its values ({values}) and its operators ({operators}) do not pair up",
        Quoted(column)
    )]
    #[non_exhaustive]
    Incomplete {
        /// The column.
        column: String,
        /// How many values there are.
        values: usize,
        /// How many operators there are.
        operators: usize,
    },

    /// A text that names no version of a chatbot.
    #[error("{} is no version: write v3, 3 or v3-unreleased", Quoted(version))]
    #[non_exhaustive]
    InvalidVersion {
        /// What the request said.
        version: String,
    },

    /// A filter that the request numbers does not have one column, one operator and one value; several values are
    /// taken where the operator takes a list.
    #[error(
        "the filter number {} is incomplete: it needs one column, operator and value, and has {columns}, {operators} \
         and {values}",
        Shortened(number)
    )]
    #[non_exhaustive]
    IncompleteNumber {
        /// The number.
        number: String,
        /// How many columns there are.
        columns: usize,
        /// How many operators there are.
        operators: usize,
        /// How many values there are.
        values: usize,
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

/// Something that a request said, within a message: a request of a megabyte does not make a message of a megabyte.
pub(crate) struct Quoted<'a>(pub(crate) &'a str);

impl fmt::Display for Quoted<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let beginning = beginning(self.0);
        write!(f, "{beginning:?}{}", dots(self.0, beginning))
    }
}

/// The same without quotes, for what needs none.
struct Shortened<'a>(&'a str);

impl fmt::Display for Shortened<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let beginning = beginning(self.0);
        write!(f, "{beginning}{}", dots(self.0, beginning))
    }
}

/// How many bytes of it a message shows.
const SHOWN: usize = 100;

fn beginning(text: &str) -> &str {
    let end = text
        .char_indices()
        .map(|(start, _)| start)
        .take_while(|start| *start <= SHOWN);
    match end.last() {
        Some(end) if text.len() > SHOWN => &text[..end],
        _ => text,
    }
}

fn dots(text: &str, beginning: &str) -> &'static str {
    if beginning.len() < text.len() {
        ".."
    } else {
        ""
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_show_the_beginning_of_what_the_request_said() {
        let column = "\u{e4}".repeat(1_000_000);
        let message = FilterError::NoValue {
            column: column.clone(),
        }
        .to_string();
        let shown = "\u{e4}".repeat(SHOWN / 2);
        assert_eq!(
            message,
            format!("the filter of \"{shown}\".. has no value: give one, or leave the filter out")
        );
        let messages = [
            FilterError::UnknownColumn {
                column: column.clone(),
                known: vec!["tags"],
            },
            FilterError::UnknownOperator {
                column: column.clone(),
                operator: column.clone(),
                known: vec![Operator::AnyOf],
            },
            FilterError::InvalidValue {
                column: column.clone(),
                operator: Operator::AnyOf,
                value: column.clone(),
                expected: "a date".into(),
            },
            FilterError::Incomplete {
                column: column.clone(),
                values: usize::MAX,
                operators: usize::MAX,
            },
            FilterError::InvalidVersion {
                version: column.clone(),
            },
            FilterError::IncompleteNumber {
                number: column,
                columns: usize::MAX,
                operators: usize::MAX,
                values: usize::MAX,
            },
        ];
        for message in messages {
            let message = message.to_string();
            assert!(message.len() < 400, "{message}");
            assert!(message.contains(&shown), "{message}");
        }
    }
}
