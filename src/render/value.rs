//! Bound values, and what is compared with them.

use sea_query::{Expr, ExprTrait, Func, SelectStatement, Value};

use crate::error::Error;
use crate::schema::DataType;

/// A bound value. An array says of what, which its text with the values written in does not.
pub(crate) fn bound(value: Value) -> Expr {
    match (DataType::of_value(&value), value) {
        (Some(DataType::Array(element)), value) => Expr::Value(value).cast_as(element.array_name()),
        (_, value) => Expr::Value(value),
    }
}

/// `COUNT(*)`
pub(crate) fn count_all() -> Expr {
    Func::cust("COUNT").arg(Expr::cust("*")).into()
}

/// A sub-select of one row and column as a value: `(SELECT ..)`.
pub(crate) fn sub_select(select: SelectStatement) -> Expr {
    Expr::SubQuery(None, Box::new(select.into()))
}

/// One of the values of a sub-select, which are found once: `ANY (ARRAY (SELECT ..))`.
pub(crate) fn any_of(select: SelectStatement) -> Expr {
    let values = Expr::cust_with_expr("ARRAY $1", sub_select(select));
    Func::cust("ANY").arg(values).into()
}

/// What is compared with a bound value of a type. PostgreSQL compares varchar with text, but not arrays of them.
pub(crate) fn comparable(compared: Expr, with: Option<DataType>) -> Expr {
    match with {
        Some(DataType::Array(DataType::Text)) => compared.cast_as(DataType::Text.array_name()),
        _ => compared,
    }
}

/// PostgreSQL's text cannot hold NUL; the server's own message would not say which value it was.
pub(crate) fn reject_nul(column: &str, value: &Value) -> Result<(), Error> {
    match value {
        Value::String(Some(text)) => reject_nul_text(column, text),
        Value::Array(_, Some(elements)) => elements
            .iter()
            .try_for_each(|element| reject_nul(column, element)),
        _ => Ok(()),
    }
}

pub(crate) fn reject_nul_text(column: &str, text: &str) -> Result<(), Error> {
    if text.contains('\0') {
        return Err(Error::NulInText {
            column: column.to_owned().into(),
        });
    }
    Ok(())
}
