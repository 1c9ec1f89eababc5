//! Sets of rows that numbers are computed over: [`Rows`], and their [`Values`].

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;

use crate::expression::{Expression, Node, Operand};
use crate::predicate::{Predicate, PredicateNode};
use crate::schema::{Column, Definition, Entity, Path, Relation, SqlType};

/// A set of rows of the entity `E`, over which numbers are computed.
///
/// What several numbers, series and tables of one statement say about the same set is computed in one pass over it: the
/// set is found once, with the values that any of them needs. Two sets are the same if they are made alike.
///
/// * [`filter`](Self::filter) limits the set: `WHERE`.
/// * [`with_any`](Self::with_any) limits it to rows that have at least one of some related rows, and has annotations over
///   those computed by the same join.
/// * [`only`](Self::only) is a part of the set, computed in the same pass: `FILTER (WHERE ..)`.
///
/// # Example
///
/// Sessions with messages in a window, their number, and how many of them have ended:
///
/// ```
/// use chrono::{TimeDelta, Utc};
/// use pagewise::aggregate::{CombinedAggregate, Rows, Window};
/// use pagewise::chat::{Message, Session};
///
/// let window = Window::before(Utc::now(), TimeDelta::days(30))?;
/// let messages = Session::messages().filter(Message::CREATED_AT.within(window.range()));
/// let active = Rows::of(Session).named("active_sessions").with_any(&messages);
///
/// let sessions = active.count().named("sessions");
/// let ended = active.only(Session::ENDED_AT.is_not_null()).count().named("ended");
/// let written = active.sum(messages.count()).named("messages");
///
/// let statement = CombinedAggregate::new().tenant(7).numbers((&sessions, &ended, &written)).build()?;
/// assert_eq!(statement.to_string().matches("chat_chatmessage").count(), 1);
/// # Ok::<(), pagewise::Error>(())
/// ```
pub struct Rows<E> {
    pub(crate) node: Arc<RowsNode>,
    /// Only these of them.
    pub(crate) only: Option<PredicateNode>,
    marker: PhantomData<fn() -> E>,
}

/// The untyped form of a set of rows.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct RowsNode {
    pub definition: Definition,
    pub name: Cow<'static, str>,
    pub filters: Vec<PredicateNode>,
    /// At least one row of this is there.
    pub required: Option<Required>,
}

/// Related rows of which a row has at least one.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Required {
    pub path: Path,
    pub filter: Option<PredicateNode>,
}

impl RowsNode {
    /// The same rows, whatever they are called.
    pub fn is_same(&self, other: &Self) -> bool {
        std::ptr::eq(self, other)
            || (self.definition == other.definition
                && self.filters == other.filters
                && match (&self.required, &other.required) {
                    (Some(left), Some(right)) => left.is_same(&right.path, right.filter.as_ref()),
                    (left, right) => left.is_none() && right.is_none(),
                })
    }
}

impl Required {
    /// The same related rows, whatever they are called.
    pub fn is_same(&self, path: &Path, filter: Option<&PredicateNode>) -> bool {
        self.path.hops == path.hops && self.filter.as_ref() == filter
    }

    /// That a row has one.
    pub fn exists(&self) -> PredicateNode {
        PredicateNode::Exists {
            path: self.path.clone(),
            filter: self.filter.clone().map(Box::new),
            negated: false,
        }
    }
}

impl<E: Entity> Rows<E> {
    /// All rows of an entity, to be narrowed.
    #[must_use]
    pub fn of(_: E) -> Self {
        let definition: Definition = const { &E::DEFINITION };
        Self {
            node: Arc::new(RowsNode {
                definition,
                name: Cow::Owned(format!("{}_rows", definition.alias)),
                filters: Vec::new(),
                required: None,
            }),
            only: None,
            marker: PhantomData,
        }
    }

    /// The word by which emitted SQL calls the set, if it is read more than once.
    #[must_use]
    pub fn named(mut self, name: impl Into<Cow<'static, str>>) -> Self {
        Arc::make_mut(&mut self.node).name = name.into();
        self
    }

    /// Only rows for which the condition is true; several must all be.
    ///
    /// On a [part](Self::only), it narrows the set that it is a part of.
    #[must_use]
    pub fn filter(mut self, condition: Predicate<E>) -> Self {
        Arc::make_mut(&mut self.node).filters.push(condition.node);
        self
    }

    /// Only rows with at least one such related row.
    ///
    /// Annotations over the same relation, and over parts of it, are then computed by one join of both tables, grouped by the
    /// row: PostgreSQL chooses which of them it begins with. So a window over related rows costs as much as the window
    /// holds, or as the rows do, whichever is less. Of a second relation it is only tested that there is one.
    #[must_use]
    pub fn with_any<F: Entity>(mut self, related: &Relation<E, F>) -> Self {
        let node = Arc::make_mut(&mut self.node);
        let required = Required {
            path: related.path.clone(),
            filter: related.filter.clone(),
        };
        match &node.required {
            Some(_) => node.filters.push(required.exists()),
            None => node.required = Some(required),
        }
        self
    }

    /// The rows of the set for which the condition is true, as a part of it: numbers over it are computed in the same pass,
    /// `FILTER (WHERE ..)`.
    #[must_use]
    pub fn only(&self, condition: Predicate<E>) -> Self {
        let mut part = self.clone();
        part.only = Some(match part.only {
            Some(only) => only.and(condition.node),
            None => condition.node,
        });
        part
    }

    /// The values that something has in these rows; NULL is none of them.
    #[must_use]
    pub fn values<A: Operand<E>>(&self, value: A) -> Values<<A::Type as SqlType>::Base> {
        Values {
            node: Arc::new(ValuesNode {
                rows: Arc::clone(&self.node),
                only: self.only.clone(),
                value: value.into_operand().node,
            }),
            marker: PhantomData,
        }
    }
}

/// The values of the type `T` that something has in [`Rows`]; made by [`Rows::values`].
///
/// They tie sets to one another: rows whose column is one of them ([`Column::is_in`]), and parents that the rows belong to
/// ([`GroupedListing`](super::GroupedListing)).
///
/// # Example
///
/// ```
/// use pagewise::aggregate::{CombinedAggregate, Rows};
/// use pagewise::chat::{Experiment, Session};
///
/// let ended = Rows::of(Session).named("ended").filter(Session::ENDED_AT.is_not_null());
/// let bots = Rows::of(Experiment).filter(Experiment::ID.is_in(&ended.values(Session::EXPERIMENT_ID)));
/// let (sessions, bots) = (ended.count().named("sessions"), bots.count().named("chatbots"));
///
/// let statement = CombinedAggregate::new().tenant(7).numbers((&sessions, &bots)).build()?;
/// assert_eq!(statement.to_string().matches("experiments_experimentsession").count(), 1);
/// # Ok::<(), pagewise::Error>(())
/// ```
pub struct Values<T> {
    pub(crate) node: Arc<ValuesNode>,
    marker: PhantomData<fn() -> T>,
}

/// The untyped form of the values of a set.
#[derive(Debug, PartialEq)]
pub(crate) struct ValuesNode {
    pub rows: Arc<RowsNode>,
    pub only: Option<PredicateNode>,
    pub value: Node,
}

fn is_in<E: Entity, T: SqlType>(value: Expression<E, T>, values: &Values<T::Base>) -> Predicate<E> {
    Predicate::new(PredicateNode::InRows {
        node: value.node,
        values: Arc::clone(&values.node),
        negated: false,
    })
}

impl<E: Entity, T: SqlType> Column<E, T> {
    /// It is one of the values that something has in a set of rows: `EXISTS (SELECT 1 FROM rows WHERE value = column)`.
    /// NULL is none of them, so the negation is true of it.
    #[must_use]
    pub fn is_in(self, values: &Values<T::Base>) -> Predicate<E> {
        is_in(self.into_operand(), values)
    }
}

impl<E: Entity, T: SqlType> Expression<E, T> {
    /// It is one of the values that something has in a set of rows; see [`Column::is_in`].
    #[must_use]
    pub fn is_in(&self, values: &Values<T::Base>) -> Predicate<E> {
        is_in(self.into_operand(), values)
    }
}

impl<E: Entity, T: SqlType> crate::Annotation<E, T> {
    /// It is one of the values that something has in a set of rows; see [`Column::is_in`].
    #[must_use]
    pub fn is_in(&self, values: &Values<T::Base>) -> Predicate<E> {
        is_in(self.into_operand(), values)
    }
}

impl<E> Clone for Rows<E> {
    fn clone(&self) -> Self {
        Self {
            node: Arc::clone(&self.node),
            only: self.only.clone(),
            marker: PhantomData,
        }
    }
}

impl<E> fmt::Debug for Rows<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Rows")
            .field("rows", &self.node)
            .field("only", &self.only)
            .finish()
    }
}

impl<T> Clone for Values<T> {
    fn clone(&self) -> Self {
        Self {
            node: Arc::clone(&self.node),
            marker: PhantomData,
        }
    }
}

impl<T> fmt::Debug for Values<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Values").field(&self.node).finish()
    }
}
