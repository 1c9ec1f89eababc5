//! Conditions that leave the rows after a cursor.
//!
//! A sort key's NULL is a place of its own, before or after all values, which no comparison sees. So the text
//! depends on whether the cursor's value is NULL, which is part of the request's shape.

use sea_query::{BinOper, Expr, ExprTrait, Value};

use super::cursor::is_null;
use crate::order::{Direction, Nulls, OrderNode};
use crate::render::bound;
use crate::schema::DataType;

/// A sort key with its SQL and the cursor's value.
pub(super) struct Key<'a> {
    pub order: &'a OrderNode,
    pub sql: Expr,
    pub value: Value,
}

/// A part of the page that an index can give in order by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part {
    /// All of it.
    Whole,
    /// All rows after the cursor, with one condition: no index has them in order.
    After,
    /// The rows in which the first sort key is a value.
    Values,
    /// Those after the cursor.
    ValuesAfter,
    /// The rows in which it is NULL.
    Nulls,
    /// Those after the cursor.
    NullsAfter,
}

/// What is known of the first sort key within a part.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Leading {
    /// Nothing: sort by it as the listing says.
    Any,
    /// It is not NULL: NULL placement does not matter, so take the one of the index, or of a plain one.
    NotNull,
    /// It is NULL: it need not be sorted by.
    Null,
}

/// One condition for all rows after the cursor; what an ORM would write.
pub(super) fn condition(keys: &[Key<'_>]) -> Expr {
    let mut any: Option<Expr> = None;
    for (at, key) in keys.iter().enumerate() {
        let Some(after) = key.after() else { continue };
        let conjunction = keys[..at]
            .iter()
            .rev()
            .fold(after, |after, key| key.equal().and(after));
        any = Some(match any {
            Some(any) => any.or(conjunction),
            None => conjunction,
        });
    }
    any.unwrap_or_else(|| Expr::cust("FALSE"))
}

/// The parts in which a page is read: after a cursor, and with rows that have NULL apart where that is chosen.
///
/// `value OR NULL` in one condition keeps PostgreSQL from reading an index as a range. A value that is computed from other
/// rows has no index, and would be computed for each part anew: so it is one condition.
pub(super) fn parts(
    orders: &[OrderNode],
    cursor: Option<&[Value]>,
    nulls_apart: bool,
) -> Vec<Part> {
    let Some(leading) = orders.first() else {
        return vec![Part::Whole];
    };
    match (cursor.and_then(<[Value]>::first), leading.nulls) {
        (None, _) if !nulls_apart => vec![Part::Whole],
        (None, Nulls::First) => vec![Part::Nulls, Part::Values],
        (None, Nulls::Last) => vec![Part::Values, Part::Nulls],
        (Some(value), Nulls::Last) if is_null(value) => vec![Part::NullsAfter],
        (Some(_), _) if !leading.node.is_plain() => vec![Part::After],
        (Some(value), Nulls::First) if is_null(value) => vec![Part::NullsAfter, Part::Values],
        (Some(_), Nulls::Last) if leading.nullable => vec![Part::ValuesAfter, Part::Nulls],
        (Some(_), _) => vec![Part::ValuesAfter],
    }
}

impl Part {
    /// What is known of the first sort key.
    pub fn leading(self, orders: &[OrderNode]) -> Leading {
        match self {
            Self::Whole | Self::After => Leading::Any,
            Self::ValuesAfter if !orders.first().is_some_and(|leading| leading.nullable) => {
                Leading::Any
            }
            Self::Values | Self::ValuesAfter => Leading::NotNull,
            Self::Nulls | Self::NullsAfter => Leading::Null,
        }
    }

    /// What limits the rows to this part, and to those after the cursor.
    pub fn conditions(self, keys: &[Key<'_>]) -> Vec<Expr> {
        let Some((leading, rest)) = keys.split_first() else {
            return Vec::new();
        };
        match self {
            Self::Whole => Vec::new(),
            Self::After => vec![condition(keys)],
            Self::Values => vec![leading.sql.clone().is_not_null()],
            Self::ValuesAfter => range(leading, rest),
            Self::Nulls => vec![leading.sql.clone().is_null()],
            Self::NullsAfter => vec![leading.sql.clone().is_null(), condition(rest)],
        }
    }
}

/// The rows after the cursor whose leading key is a value, as an index range.
fn range(leading: &Key<'_>, rest: &[Key<'_>]) -> Vec<Expr> {
    if rest.is_empty() {
        return vec![leading.beyond(false)];
    }
    let comparable = rest
        .iter()
        .all(|key| key.order.direction == leading.order.direction && !key.order.nullable);
    let after = if comparable {
        let keys = || std::iter::once(leading).chain(rest);
        let columns = Expr::tuple(keys().map(|key| key.sql.clone()));
        let values = Expr::tuple(keys().map(Key::bound));
        columns.binary(leading.beyond_operator(), values)
    } else {
        leading
            .beyond(false)
            .or(leading.equal().and(condition(rest)))
    };
    // The leading bound says nothing new; it is what PostgreSQL begins an index scan at.
    vec![leading.beyond(true), after]
}

impl Key<'_> {
    /// Rows whose key comes after the cursor's; none if NULL is the last of all.
    fn after(&self) -> Option<Expr> {
        match (is_null(&self.value), self.order.nulls) {
            (true, Nulls::Last) => None,
            (true, Nulls::First) => Some(self.sql.clone().is_not_null()),
            (false, Nulls::Last) if self.order.nullable => {
                Some(self.beyond(false).or(self.sql.clone().is_null()))
            }
            (false, _) => Some(self.beyond(false)),
        }
    }

    /// Rows whose key is the cursor's.
    fn equal(&self) -> Expr {
        if is_null(&self.value) {
            self.sql.clone().is_null()
        } else {
            self.sql.clone().eq(self.bound())
        }
    }

    /// The cursor's value. Arrays of an enumeration are sorted as the enumeration says, not as texts are.
    fn bound(&self) -> Expr {
        let value = bound(self.value.clone());
        match self.order.data_type {
            DataType::Array(DataType::Named(_)) => value.cast_as(self.order.data_type.array_name()),
            _ => value,
        }
    }

    fn beyond_operator(&self) -> BinOper {
        match self.order.direction {
            Direction::Ascending => BinOper::GreaterThan,
            Direction::Descending => BinOper::SmallerThan,
        }
    }

    /// Rows whose key is a value beyond the cursor's, or that value too.
    fn beyond(&self, or_equal: bool) -> Expr {
        let operator = match (self.order.direction, or_equal) {
            (Direction::Ascending, true) => BinOper::GreaterThanOrEqual,
            (Direction::Descending, true) => BinOper::SmallerThanOrEqual,
            (_, false) => self.beyond_operator(),
        };
        self.sql.clone().binary(operator, self.bound())
    }
}
