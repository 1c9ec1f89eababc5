//! The comparisons of arrays.

use super::{ArrayComparison, Predicate, PredicateNode};
use crate::annotation::Annotation;
use crate::expression::{Expression, Operand};
use crate::schema::{Column, Entity, IntoSql, SqlType};

fn compare_array<E: Entity, T: SqlType<Base = Vec<X>>, X: SqlType, V: IntoSql<X>>(
    array: Expression<E, T>,
    how: ArrayComparison,
    values: impl IntoIterator<Item = V>,
) -> Predicate<E> {
    let values: Vec<X> = values.into_iter().map(IntoSql::into_sql).collect();
    Predicate::new(PredicateNode::CompareArray {
        node: array.node,
        how,
        values: values.into_value(),
    })
}

/// The comparisons, the same for everything that is an array of a row.
macro_rules! arrays {
    ($operand:ident by $self_:ty) => {
        impl<E: Entity, T: SqlType<Base = Vec<X>>, X: SqlType> $operand<E, T> {
            /// `&& values`: at least one of its elements is one of these. True of no row if there are none.
            ///
            /// ```
            /// use pagewise::chat::Session;
            /// use pagewise::{Listing, Page};
            ///
            /// let versions = Session::EXPERIMENT_VERSIONS.overlaps([2, 3]);
            /// let page = Listing::of(Session).tenant(7).filter(versions).page(Page::first(10)).build()?;
            /// assert!(page.to_string().contains(r#""session"."experiment_versions" && CAST($2 AS integer[])"#));
            /// # Ok::<(), pagewise::Error>(())
            /// ```
            #[must_use]
            pub fn overlaps<V: IntoSql<X>>(
                self: $self_,
                values: impl IntoIterator<Item = V>,
            ) -> Predicate<E> {
                compare_array(self.into_operand(), ArrayComparison::Overlaps, values)
            }

            /// `@> values`: each of these is one of its elements. True of every row whose array is not NULL if
            /// there are none.
            #[must_use]
            pub fn contains_all<V: IntoSql<X>>(
                self: $self_,
                values: impl IntoIterator<Item = V>,
            ) -> Predicate<E> {
                compare_array(self.into_operand(), ArrayComparison::ContainsAll, values)
            }
        }
    };
}

arrays!(Column by Self);
arrays!(Expression by &Self);
arrays!(Annotation by &Self);
