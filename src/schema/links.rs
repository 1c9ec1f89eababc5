//! What a row is linked to, by rows that point at both: [`Links`].

use std::collections::BTreeSet;
use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;

use sea_query::Value;

use super::{Column, DataType, Definition, Entity, IntoSql, Path, Relation, SqlType};
use crate::predicate::{Form, Linked, Predicate, PredicateNode, Quantifier};
use crate::statistics::Datum;

/// What a row of the entity `E` is linked to: rows of `T` (tags), by rows of `L` (links) that point at both, on one way
/// or on several.
///
/// The conditions that it makes, [`any_of`](Self::any_of), [`all_of`](Self::all_of) and [`none_of`](Self::none_of),
/// never multiply rows, and are written by the listing in the form that suits the page, the total, and what else
/// is filtered by; [`PageStatement::report`](crate::PageStatement::report) says in which.
///
/// A link counts if it and what it points at belong to the tenant.
///
/// The key of a link is not used. So a table of links whose key is two columns is declared with either of them as its
/// `key`, as long as nothing else is asked of it.
///
/// # Example
///
/// ```
/// use pagewise::{Links, Listing, Page, Relation, entity};
///
/// entity! {
///     pub Article = "articles" as "article" { key ID: i64 = "id"; tenant SITE_ID: i64 = "site_id"; }
/// }
/// entity! {
///     pub Topic = "topics" as "topic" {
///         key ID: i64 = "id";
///         tenant SITE_ID: i64 = "site_id";
///         NAME: String = "name";
///     }
/// }
/// entity! {
///     pub ArticleTopic = "article_topics" as "article_topic" {
///         key ID: i64 = "id";
///         tenant SITE_ID: i64 = "site_id";
///         ARTICLE_ID: i64 = "article_id";
///         TOPIC_ID: i64 = "topic_id";
///     }
/// }
///
/// let links = Relation::many("article_topics", Article::ID, ArticleTopic::ARTICLE_ID);
/// let topics = Links::new(links, ArticleTopic::TOPIC_ID, Topic);
///
/// let page = Listing::of(Article)
///     .tenant(7)
///     .filter(topics.any_of(Topic::NAME, ["rust", "sql"]))
///     .filter(topics.none_of(Topic::NAME, ["draft"]))
///     .page(Page::first(25))
///     .build()?;
/// # Ok::<(), pagewise::Error>(())
/// ```
pub struct Links<E, L, T> {
    ways: Vec<Path>,
    from: &'static str,
    target: Definition,
    among: Option<PredicateNode>,
    #[expect(clippy::type_complexity, reason = "it is three names")]
    marker: PhantomData<fn() -> (E, L, T)>,
}

impl<E: Entity, L: Entity, T: Entity> Links<E, L, T> {
    /// What the links `way` point at with their column `from`, which holds the key of `target`.
    #[must_use]
    pub fn new<A: SqlType<Base = T::Key>>(
        way: Relation<E, L>,
        from: Column<L, A>,
        target: T,
    ) -> Self {
        let _ = target;
        Self {
            ways: vec![way.into_path()],
            from: from.name(),
            target: const { &T::DEFINITION },
            among: None,
            marker: PhantomData,
        }
    }

    /// Also what these links point at: a row has what it is linked to on either way.
    #[must_use]
    pub fn or(mut self, way: Relation<E, L>) -> Self {
        self.ways.push(way.into_path());
        self
    }

    /// Only what the condition is true of; several must all be.
    #[must_use]
    pub fn among(mut self, condition: Predicate<T>) -> Self {
        self.among = Some(match self.among {
            Some(among) => among.and(condition.node),
            None => condition.node,
        });
        self
    }

    /// True of a row that is linked to at least one row whose `column` has one of the values. True of no row if there
    /// are no values, or none that exists.
    #[must_use]
    pub fn any_of<C: SqlType, V: IntoSql<C::Base>>(
        &self,
        column: Column<T, C>,
        values: impl IntoIterator<Item = V>,
    ) -> Predicate<E> {
        self.condition(Quantifier::Any, column, values)
    }

    /// True of a row that for each of the values is linked to a row whose `column` has it; each may be linked on
    /// another way. True of every row if there are no values; of none if one does not exist.
    #[must_use]
    pub fn all_of<C: SqlType, V: IntoSql<C::Base>>(
        &self,
        column: Column<T, C>,
        values: impl IntoIterator<Item = V>,
    ) -> Predicate<E> {
        self.condition(Quantifier::All, column, values)
    }

    /// True of a row that is linked to no row whose `column` has one of the values, so also of rows without links.
    /// True of every row if there are no values, or none that exists.
    #[must_use]
    pub fn none_of<C: SqlType, V: IntoSql<C::Base>>(
        &self,
        column: Column<T, C>,
        values: impl IntoIterator<Item = V>,
    ) -> Predicate<E> {
        self.condition(Quantifier::None, column, values)
    }

    fn condition<C: SqlType, V: IntoSql<C::Base>>(
        &self,
        quantifier: Quantifier,
        column: Column<T, C>,
        values: impl IntoIterator<Item = V>,
    ) -> Predicate<E> {
        let values = values.into_iter();
        let values = values.map(|value| value.into_sql().into_value());
        let (quantifier, values) = match (quantifier, C::DATA_TYPE) {
            // PostgreSQL takes a list of arrays for one array of two dimensions, and does not give them back one by one.
            (Quantifier::All, DataType::Array(_)) => {
                let each = values.map(|value| {
                    self.linked(Quantifier::Any, column.name(), C::DATA_TYPE, vec![value])
                });
                return Predicate::all(each);
            }
            (Quantifier::All, _) => (quantifier, each_once(values.collect())),
            _ => (quantifier, values.collect()),
        };
        self.linked(quantifier, column.name(), C::DATA_TYPE, values)
    }

    fn linked(
        &self,
        quantifier: Quantifier,
        by: &'static str,
        element: DataType,
        values: Vec<Value>,
    ) -> Predicate<E> {
        let linked = Linked {
            row: const { &E::DEFINITION },
            ways: self.ways.clone(),
            from: self.from,
            target: self.target,
            among: self.among.clone(),
            by,
            wanted: Value::Array(element.array_type(), Some(Box::new(values))),
            element,
            quantifier,
        };
        Predicate::new(PredicateNode::Linked(Arc::new(linked), Form::Probe))
    }
}

/// Each value once: all of them are looked for, one after the other.
fn each_once(mut values: Vec<Value>) -> Vec<Value> {
    let mut seen = BTreeSet::new();
    let is_new: Vec<_> = values
        .iter()
        .map(|value| Datum::of(value).is_none_or(|datum| seen.insert(datum)))
        .collect();
    let mut is_new = is_new.into_iter();
    values.retain(|_| is_new.next().unwrap_or(true));
    values
}

impl<E, L, T> Clone for Links<E, L, T> {
    fn clone(&self) -> Self {
        Self {
            ways: self.ways.clone(),
            from: self.from,
            target: self.target,
            among: self.among.clone(),
            marker: PhantomData,
        }
    }
}

impl<E, L, T> fmt::Debug for Links<E, L, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Links")
            .field("ways", &self.ways)
            .field("from", &self.from)
            .field("target", &self.target.table)
            .field("among", &self.among)
            .finish()
    }
}
