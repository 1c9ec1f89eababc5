//! Names of outputs, tables and columns.

#![expect(
    clippy::ptr_arg,
    reason = "a borrowed name lives for ever and need not be copied"
)]

use std::borrow::Cow;

use sea_query::{DynIden, Expr, IntoIden, SelectStatement};

/// A name as sea-query wants it.
pub(crate) fn iden(name: &Cow<'static, str>) -> DynIden {
    match name {
        Cow::Borrowed(name) => (*name).into_iden(),
        Cow::Owned(name) => name.clone().into_iden(),
    }
}

/// Longer names are cut off by PostgreSQL, so that two of them may become one.
pub(crate) const NAME_BYTES: usize = 63;

/// What cannot be a name, whatever it is to be the name of.
pub(crate) fn is_name(name: &str) -> bool {
    !name.is_empty() && name.len() <= NAME_BYTES && !name.contains('\0')
}

/// The name with as many of the prefixes before it as make it free; with a number if there is no room for them.
pub(crate) fn free_name(
    prefix: &str,
    name: &str,
    is_taken: impl Fn(&str) -> bool,
) -> Cow<'static, str> {
    let mut free = format!("{prefix}{name}");
    while free.len() <= NAME_BYTES {
        if !is_taken(&free) {
            return Cow::Owned(free);
        }
        free.insert_str(0, prefix);
    }
    let numbered = (2_u32..).map(|number| {
        let number = format!("_{number}");
        let mut end = NAME_BYTES - number.len();
        while !free.is_char_boundary(end) {
            end -= 1;
        }
        format!("{}{number}", &free[..end])
    });
    // Names are few, numbers are not.
    let mut unused = numbered.filter(|name| !is_taken(name));
    Cow::Owned(unused.next().unwrap_or_default())
}

/// Adds an output; `AS` is written where the output is called otherwise than its column.
pub(crate) fn select_as(select: &mut SelectStatement, value: Expr, name: &Cow<'static, str>) {
    let name = iden(name);
    match &value {
        Expr::Column(column) if column.column() == Some(&name) => select.expr(value),
        _ => select.expr_as(value, name),
    };
}
