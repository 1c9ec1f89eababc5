//! What a listing shows, and by what its rows are read.

use std::borrow::Cow;

use crate::annotation::Annotation;
use crate::expression::{Expression, Node, Operand};
use crate::schema::{Column, DataType, Entity, SqlType};

/// Something that a listing of `E` shows, and the handle by which its value is read from a row.
///
/// Implemented by columns, expressions and annotations of `E`.
#[diagnostic::on_unimplemented(
    message = "a row of `{E}` has no value of `{Self}`",
    label = "wanted: a column, an expression or an annotation of `{E}`",
    note = "read a value by what the listing shows"
)]
pub trait Selectable<E: Entity>: Operand<E> + Selection<E> {
    /// The name of the output.
    fn output_name(&self) -> Cow<'static, str>;
}

impl<E: Entity, T: SqlType> Selectable<E> for Column<E, T> {
    fn output_name(&self) -> Cow<'static, str> {
        Cow::Borrowed(self.name())
    }
}

macro_rules! named {
    ($type:ident: $name:expr) => {
        impl<E: Entity, T: SqlType> Selectable<E> for $type<E, T> {
            fn output_name(&self) -> Cow<'static, str> {
                let name: fn(&$type<E, T>) -> Cow<'static, str> = $name;
                name(self)
            }
        }

        impl<E: Entity, T: SqlType> Selectable<E> for &$type<E, T> {
            fn output_name(&self) -> Cow<'static, str> {
                (**self).output_name()
            }
        }
    };
}

named!(Expression: |expression| expression.name.clone());
named!(Annotation: |annotation| annotation.node.name.clone());

/// What [`Listing::show`](super::Listing::show) takes: something selectable, a tuple, an array or a list of
/// such, or a host's own set of annotations.
///
/// # Example
///
/// ```
/// use pagewise::chat::{self, Session};
/// use pagewise::listing::{Selection, Shows};
///
/// struct SessionLine { messages: chat::MessageTimestamps }
///
/// impl Selection<Session> for &SessionLine {
///     fn add_to(self, shows: &mut Shows<'_, Session>) {
///         shows.add((Session::STATUS, &self.messages.last));
///     }
/// }
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be shown by a listing of `{E}`",
    label = "wanted: columns, expressions or annotations of `{E}`",
    note = "a column of another entity is shown by `ToOne::value` or an annotation"
)]
pub trait Selection<E: Entity> {
    /// Adds its parts.
    fn add_to(self, shows: &mut Shows<'_, E>);
}

/// Collects what a listing shows; see [`Selection`].
pub struct Shows<'a, E> {
    shown: &'a mut Vec<Shown>,
    marker: std::marker::PhantomData<fn() -> E>,
}

impl<'a, E: Entity> Shows<'a, E> {
    pub(crate) fn new(shown: &'a mut Vec<Shown>) -> Self {
        Self {
            shown,
            marker: std::marker::PhantomData,
        }
    }

    /// Adds a part, or several.
    pub fn add(&mut self, selection: impl Selection<E>) {
        selection.add_to(self);
    }

    /// Adds what another listing, or a part of one, shows.
    pub(super) fn extend<'s>(&mut self, shown: impl Iterator<Item = &'s Shown>) {
        self.shown.extend(shown.cloned());
    }

    fn push<T: SqlType>(&mut self, expression: Expression<E, T>) {
        self.shown.push(Shown {
            name: expression.name,
            node: expression.node,
            data_type: T::DATA_TYPE,
            nullable: T::NULLABLE,
        });
    }
}

/// The untyped form of what is shown.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Shown {
    pub name: Cow<'static, str>,
    pub node: Node,
    pub data_type: DataType,
    pub nullable: bool,
}

macro_rules! one {
    ($($type:ty),*) => {$(
        impl<E: Entity, T: SqlType> Selection<E> for $type {
            fn add_to(self, shows: &mut Shows<'_, E>) {
                shows.push(self.into_operand());
            }
        }
    )*};
}

one!(Column<E, T>, Expression<E, T>, &Expression<E, T>, Annotation<E, T>, &Annotation<E, T>);

impl<E: Entity, S: Selection<E>, const N: usize> Selection<E> for [S; N] {
    fn add_to(self, shows: &mut Shows<'_, E>) {
        for selection in self {
            selection.add_to(shows);
        }
    }
}

impl<E: Entity, S: Selection<E>> Selection<E> for Vec<S> {
    fn add_to(self, shows: &mut Shows<'_, E>) {
        for selection in self {
            selection.add_to(shows);
        }
    }
}

impl<E: Entity, S: Selection<E>> Selection<E> for Option<S> {
    fn add_to(self, shows: &mut Shows<'_, E>) {
        if let Some(selection) = self {
            selection.add_to(shows);
        }
    }
}

macro_rules! tuples {
    ($($name:ident)*) => {
        impl<E: Entity, $($name: Selection<E>),*> Selection<E> for ($($name,)*) {
            #[allow(non_snake_case, unused_variables, reason = "the names of the types name the parts; () has none")]
            fn add_to(self, shows: &mut Shows<'_, E>) {
                let ($($name,)*) = self;
                $($name.add_to(shows);)*
            }
        }
    };
}

tuples!();
tuples!(A);
tuples!(A B);
tuples!(A B C);
tuples!(A B C D);
tuples!(A B C D F);
tuples!(A B C D F G);
tuples!(A B C D F G H);
tuples!(A B C D F G H I);
tuples!(A B C D F G H I J);
tuples!(A B C D F G H I J K);
tuples!(A B C D F G H I J K L);
tuples!(A B C D F G H I J K L M);
