//! One value for each row, computed over a relation: [`Annotation`].
//!
//! This module owns what is computed and its type. `sources` decides which annotations share one
//! sub-select, and `sql` writes those.

mod aggregates;
mod at_once;
mod count_except;
pub(crate) mod grouped;
mod over_time;
pub(crate) mod sources;
mod sql;

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;

use crate::expression::{Expression, Node, Operand};
use crate::order::{Order, OrderNode};
use crate::predicate::PredicateNode;
use crate::render::free_name;
use crate::schema::{DataType, Entity, Path, SqlType};

pub use aggregates::{Averaged, MinMax, Summed, TextOrder};
pub(crate) use over_time::OverTime;
pub(crate) use sql::{aggregate, scalar};

/// One value of the type `T` for each row of the entity `E`, computed over a [`Relation`](crate::Relation).
///
/// Made by the relation's methods. Shown on a page, it is computed for the rows of that page only, and
/// annotations of one page that share a source (the same relation and conditions) share one sub-select.
/// Sorted by or compared, it is computed for every row that the other conditions leave, so that the order is
/// that of the whole list.
///
/// Its type says what nothing gives: counts and sums of nothing are 0, joined text is `''`, an array is empty;
/// a minimum, maximum, average, first or last of nothing is `None`.
///
/// It is its own handle for reading: `row.get(&annotation)`. Cloning is cheap.
///
/// # Example
///
/// ```
/// use pagewise::chat::{Message, Session};
/// use pagewise::{Listing, Page, Relation};
///
/// let messages = Relation::many("messages", Session::CHAT_ID, Message::CHAT_ID);
/// let last = messages.max(Message::CREATED_AT).named("last_message_at");
/// let count = messages.count().named("message_count");
/// let page = Listing::of(Session).tenant(7).show((&last, &count)).page(Page::first(25)).build()?;
///
/// let text = page.to_string();
/// assert!(text.contains(
///     r#"LEFT JOIN LATERAL (SELECT MAX("message"."created_at") AS "last_message_at", COUNT(*) AS "message_count" FROM "chat_chatmessage" AS "message" WHERE "message"."chat_id" = "page"."chat_id") AS "messages" ON TRUE"#
/// ));
/// # Ok::<(), pagewise::Error>(())
/// ```
pub struct Annotation<E, T> {
    pub(crate) node: Arc<AnnotationNode>,
    marker: PhantomData<fn() -> (E, T)>,
}

/// The untyped form of an annotation.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct AnnotationNode {
    pub name: Cow<'static, str>,
    pub data_type: DataType,
    pub nullable: bool,
    pub path: Path,
    /// Only these of the rows at the end of the path.
    pub filter: Option<PredicateNode>,
    pub computed: Computed,
    /// Shown on a page, it is computed for all of its rows in one pass, and not for one after the other.
    pub at_once: bool,
}

impl AnnotationNode {
    /// The same value, whatever it is called.
    pub fn is_same_value(&self, other: &Self) -> bool {
        std::ptr::eq(self, other)
            || (self.computed == other.computed
                && self.path.hops == other.path.hops
                && self.filter == other.filter)
    }
}

/// Values, each once, and each under a name of its own.
#[derive(Debug, Default)]
pub(crate) struct Values {
    values: Vec<Arc<AnnotationNode>>,
    taken: &'static [&'static str],
}

impl Values {
    /// None, of which none will be called by one of these names.
    pub fn without(taken: &'static [&'static str]) -> Self {
        Self {
            values: Vec::new(),
            taken,
        }
    }

    /// Adds a value, if it is not there; under another name, if that is taken.
    pub fn add(&mut self, annotation: &Arc<AnnotationNode>) {
        if self
            .values
            .iter()
            .any(|known| known.is_same_value(annotation))
        {
            return;
        }
        let is_taken = |name: &str| {
            self.taken.contains(&name) || self.values.iter().any(|known| known.name == name)
        };
        let mut annotation = Arc::clone(annotation);
        if is_taken(&annotation.name) {
            let name = free_name("inner_", &annotation.name, is_taken);
            Arc::make_mut(&mut annotation).name = name;
        }
        self.values.push(annotation);
    }

    pub fn iter(&self) -> impl Iterator<Item = &Arc<AnnotationNode>> {
        self.values.iter()
    }
}

impl IntoIterator for Values {
    type Item = Arc<AnnotationNode>;
    type IntoIter = std::vec::IntoIter<Arc<AnnotationNode>>;

    fn into_iter(self) -> Self::IntoIter {
        self.values.into_iter()
    }
}

/// What is computed of the rows at the end of a path.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Computed {
    /// An aggregate of all of them.
    Aggregate(Aggregate),
    /// An aggregate of their distinct texts, which wants a sub-select of its own.
    DistinctText {
        value: Node,
        delimiter: String,
        order: TextOrder,
    },
    /// A column of the one row, for paths that lead to one row.
    Related(&'static str),
    /// How many of them there are in each stretch of time.
    OverTime(OverTime),
    /// The value of the row that comes first in an order.
    First { value: Node, order: Vec<OrderNode> },
}

/// An aggregate function and its arguments.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Aggregate {
    Count,
    CountDistinct(Node),
    Min(Node),
    Max(Node),
    Sum {
        value: Node,
        data_type: DataType,
    },
    Average(Node),
    Text {
        value: Node,
        delimiter: String,
        order: Vec<OrderNode>,
    },
    Array {
        value: Node,
        element: DataType,
        order: Vec<OrderNode>,
    },
    Any(PredicateNode),
    Every(PredicateNode),
}

impl<E: Entity, T: SqlType> Annotation<E, T> {
    pub(crate) fn new(
        name: impl Into<Cow<'static, str>>,
        path: &Path,
        filter: Option<&PredicateNode>,
        computed: Computed,
    ) -> Self {
        let node = AnnotationNode {
            name: name.into(),
            data_type: T::DATA_TYPE,
            nullable: T::NULLABLE,
            path: path.clone(),
            filter: filter.cloned(),
            computed,
            at_once: false,
        };
        Self {
            node: Arc::new(node),
            marker: PhantomData,
        }
    }

    /// The same value under another name: the name of its output column.
    #[must_use]
    pub fn named(mut self, name: impl Into<Cow<'static, str>>) -> Self {
        Arc::make_mut(&mut self.node).name = name.into();
        self
    }

    /// The name of its output column.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.node.name
    }

    /// Smallest first, NULL last.
    #[must_use]
    pub fn asc(&self) -> Order<E> {
        self.into_operand().asc()
    }

    /// Largest first, NULL last.
    #[must_use]
    pub fn desc(&self) -> Order<E> {
        self.into_operand().desc()
    }
}

impl<E: Entity, T: SqlType> Operand<E> for &Annotation<E, T> {
    type Type = T;
    fn into_operand(self) -> Expression<E, T> {
        Expression::new(
            self.node.name.clone(),
            Node::Annotation(Arc::clone(&self.node)),
        )
    }
}

impl<E: Entity, T: SqlType> Operand<E> for Annotation<E, T> {
    type Type = T;
    fn into_operand(self) -> Expression<E, T> {
        (&self).into_operand()
    }
}

impl<E, T> Clone for Annotation<E, T> {
    fn clone(&self) -> Self {
        Self {
            node: Arc::clone(&self.node),
            marker: PhantomData,
        }
    }
}

impl<E, T> fmt::Debug for Annotation<E, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Annotation").field(&self.node).finish()
    }
}
