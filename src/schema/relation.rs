//! The way from one row to the rows that belong to it.

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;

use super::{Column, DataType, Definition, Entity, EntityDefinition, SqlType, Tenancy};
use crate::content_type::ContentTypeId;
use crate::expression::Node;
use crate::predicate::{Comparison, Predicate, PredicateNode};

/// The way from one row of the entity `E` to its rows of the entity `F`.
///
/// Direct by a foreign key ([`many`](Self::many)), through other tables ([`then`](Self::then)), or generic
/// through a content type ([`generic`](Self::generic)); with a condition on the rows at its end
/// ([`filter`](Self::filter)). What is computed over it is an [`Annotation`](crate::Annotation)
/// ([`count`](Self::count), [`max`](Self::max), ...); whether there is a row at all is a
/// [`Predicate`] ([`exists`](Self::exists)).
///
/// A row of `F` that is reached on two ways is there twice, as in a join; use
/// [`count_distinct`](Self::count_distinct) to count it once.
///
/// Every table on the way that has a tenant column is bound to the listing's tenant. One that has its tenant
/// through another table is bound by `EXISTS` over that, unless it is reached by its own foreign key, or by
/// [`ToOne`], from a row that is bound.
///
/// # Example
///
/// ```
/// use pagewise::chat::{Message, Session};
/// use pagewise::{Listing, Page, Relation};
///
/// let messages = Relation::many("messages", Session::CHAT_ID, Message::CHAT_ID);
/// let human = messages.clone().filter(Message::MESSAGE_TYPE.eq("human"));
///
/// let count = messages.count();
/// let page = Listing::of(Session)
///     .tenant(7)
///     .filter(human.exists())
///     .show(&count)
///     .page(Page::first(10))
///     .build()?;
/// # Ok::<(), pagewise::Error>(())
/// ```
pub struct Relation<E, F> {
    pub(crate) path: Path,
    pub(crate) filter: Option<PredicateNode>,
    marker: PhantomData<fn() -> (E, F)>,
}

/// The way from one row of the entity `E` to the one row of `F` that it points at, if there is one.
///
/// Made from the pointing column; since it points at the key of `F`, there is at most one row, and joining
/// it never multiplies rows. [`value`](Self::value) reads a column of that row. It is a
/// [`Relation`] too, by `into()`.
///
/// # Example
///
/// ```
/// use pagewise::chat::{Experiment, Session};
/// use pagewise::{Listing, Page, ToOne};
///
/// let experiment: ToOne<Session, Experiment> = ToOne::new("experiment", Session::EXPERIMENT_ID);
/// let name = experiment.value(Experiment::NAME).named("experiment_name");
/// let page = Listing::of(Session).tenant(7).show(&name).page(Page::first(10)).build()?;
/// # Ok::<(), pagewise::Error>(())
/// ```
pub struct ToOne<E, F> {
    pub(crate) path: Path,
    marker: PhantomData<fn() -> (E, F)>,
}

/// The untyped form of a relation.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Path {
    /// The word by which emitted SQL calls the rows at its end.
    pub name: Cow<'static, str>,
    pub hops: Vec<Hop>,
}

/// One join of a path.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Hop {
    /// The table that is joined.
    pub definition: Definition,
    /// The column of the table before.
    pub from: &'static str,
    /// The type of that column.
    pub from_type: DataType,
    /// The columns of the table that is joined; its key if `to_one`.
    pub to: To,
    /// At most one row is joined to each row before.
    pub to_one: bool,
    /// The row before is bound to the tenant, and this one is the same tenant's: a foreign key says so. A generic
    /// link has none, and may point at another tenant's row.
    pub foreign_key: bool,
    /// Only these rows of the joined table.
    pub condition: Option<PredicateNode>,
}

/// Which column of a joined table equals that of the table before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum To {
    Column(&'static str),
    /// One of them, or both.
    Either(&'static str, &'static str),
}

impl To {
    /// The one column that it is, by which rows may be found and grouped.
    pub fn column(self) -> Option<&'static str> {
        match self {
            Self::Column(column) => Some(column),
            Self::Either(..) => None,
        }
    }
}

/// Whether the rows of a table belong to a tenant, so that what they point at is theirs.
fn is_bound(definition: &EntityDefinition) -> bool {
    definition.tenancy != Tenancy::Shared
}

/// Whether the column is the one by which a row has its tenant: equal to any other, it may be another tenant's row.
fn is_parents_key(definition: &EntityDefinition, column: &str) -> bool {
    match definition.tenancy {
        Tenancy::Through { from, .. } => from == column,
        Tenancy::Column { .. } | Tenancy::Shared => true,
    }
}

impl<E: Entity, F: Entity> Relation<E, F> {
    fn new(path: Path, filter: Option<PredicateNode>) -> Self {
        Self {
            path,
            filter,
            marker: PhantomData,
        }
    }

    /// The rows of `F` whose column `to` equals the column `from` of the row: `ON to = from`.
    ///
    /// `name` is the word by which emitted SQL calls them.
    ///
    /// Of texts, both columns have the same collation, or at least ones by which the same texts are equal: they are compared
    /// with each other, and grouped by one of them.
    #[must_use]
    pub fn many<A, B>(name: &'static str, from: Column<E, A>, to: Column<F, B>) -> Self
    where
        A: SqlType,
        B: SqlType<Base = A::Base>,
    {
        let hop = Hop {
            definition: const { &F::DEFINITION },
            from: from.name(),
            from_type: A::DATA_TYPE,
            to: To::Column(to.name()),
            to_one: false,
            foreign_key: is_bound(&E::DEFINITION) && is_parents_key(&F::DEFINITION, to.name()),
            condition: None,
        };
        Self::new(
            Path {
                name: Cow::Borrowed(name),
                hops: vec![hop],
            },
            None,
        )
    }

    /// The rows of `F` of which one of two columns equals the column `from` of the row: `ON (to = from OR or_to = from)`. A
    /// row of which both do is there once.
    ///
    /// ```
    /// use pagewise::chat::Experiment;
    /// use pagewise::{Listing, Page, Relation};
    ///
    /// // A chatbot, and its versions.
    /// let family: Relation<Experiment, Experiment> = Relation::many_by_either(
    ///     "family",
    ///     Experiment::ID,
    ///     Experiment::ID,
    ///     Experiment::WORKING_VERSION_ID,
    /// );
    /// let members = family.count().named("members");
    /// let page = Listing::of(Experiment).tenant(7).show(&members).page(Page::first(25)).build()?;
    /// assert!(page.text().contains(
    ///     "(SELECT COUNT(*) AS \"members\" FROM \"experiments_experiment\" AS \"experiment\" \
    ///      WHERE (\"experiment\".\"id\" = \"page\".\"id\" OR \"experiment\".\"working_version_id\" = \"page\".\"id\") \
    ///      AND \"experiment\".\"team_id\" = $2)"
    /// ));
    /// # Ok::<(), pagewise::Error>(())
    /// ```
    #[must_use]
    pub fn many_by_either<A, B, C>(
        name: &'static str,
        from: Column<E, A>,
        to: Column<F, B>,
        or_to: Column<F, C>,
    ) -> Self
    where
        A: SqlType,
        B: SqlType<Base = A::Base>,
        C: SqlType<Base = A::Base>,
    {
        let mut relation = Self::many(name, from, to);
        for hop in &mut relation.path.hops {
            hop.to = To::Either(to.name(), or_to.name());
            hop.foreign_key &= is_parents_key(&F::DEFINITION, or_to.name());
        }
        relation
    }

    /// The rows of `F` that point at the row by a content type and an object id, as Django's generic
    /// relations do: `ON object_id = key AND content_type_id = $n`.
    ///
    /// The object id may be of another integer type than the key. No foreign key stands behind such a
    /// link, so tables that are reached through it are each bound to the tenant by themselves.
    #[must_use]
    pub fn generic<B, C>(
        name: &'static str,
        content_type: Column<F, C>,
        object_id: Column<F, B>,
        of: ContentTypeId<E>,
    ) -> Self
    where
        B: SqlType,
        C: SqlType<Base = i32>,
    {
        let condition = PredicateNode::Compare(
            Node::Column(content_type.name()),
            Comparison::Equal,
            Node::Value(of.value().into_value()),
        );
        let hop = Hop {
            definition: const { &F::DEFINITION },
            from: E::DEFINITION.key,
            from_type: E::DEFINITION.key_type,
            to: To::Column(object_id.name()),
            to_one: false,
            foreign_key: false,
            condition: Some(condition),
        };
        Self::new(
            Path {
                name: Cow::Borrowed(name),
                hops: vec![hop],
            },
            None,
        )
    }

    /// The rows of `F` that point, by a content type and an object id, at the row of `G` whose key the column `from` holds:
    /// [`generic`](Self::generic) of a row that is pointed at, without a look at it.
    #[must_use]
    pub fn generic_of<A, B, C, G>(
        name: &'static str,
        from: Column<E, A>,
        content_type: Column<F, C>,
        object_id: Column<F, B>,
        of: ContentTypeId<G>,
    ) -> Self
    where
        A: SqlType<Base = G::Key>,
        B: SqlType,
        C: SqlType<Base = i32>,
        G: Entity,
    {
        let of = ContentTypeId::new(of.value());
        let mut relation = Self::generic(name, content_type, object_id, of);
        for hop in &mut relation.path.hops {
            hop.from = from.name();
            hop.from_type = A::DATA_TYPE;
        }
        relation
    }

    /// On from the rows of `F` to those of `G` that belong to them.
    ///
    /// The result is called by the name of `next`.
    #[must_use]
    pub fn then<G: Entity>(self, next: impl Into<Relation<F, G>>) -> Relation<E, G> {
        let next = next.into();
        let mut hops = self.into_hops();
        hops.extend(next.path.hops);
        Relation::new(
            Path {
                name: next.path.name,
                hops,
            },
            next.filter,
        )
    }

    /// Only the rows of `F` for which the condition is true; several must all be.
    #[must_use]
    pub fn filter(mut self, condition: Predicate<F>) -> Self {
        self.filter = Some(match self.filter {
            Some(filter) => filter.and(condition.node),
            None => condition.node,
        });
        self
    }

    /// The same rows under another name.
    #[must_use]
    pub fn named(mut self, name: impl Into<Cow<'static, str>>) -> Self {
        self.path.name = name.into();
        self
    }

    /// True of a row that has at least one such row: `EXISTS (SELECT 1 FROM ..)`.
    #[must_use]
    pub fn exists(&self) -> Predicate<E> {
        self.existence(false)
    }

    /// True of a row that has no such row: `NOT EXISTS (SELECT 1 FROM ..)`.
    #[must_use]
    pub fn is_empty(&self) -> Predicate<E> {
        self.existence(true)
    }

    fn existence(&self, negated: bool) -> Predicate<E> {
        Predicate::new(PredicateNode::Exists {
            path: self.path.clone(),
            filter: self.filter.clone().map(Box::new),
            negated,
        })
    }

    /// The way, the filter moved into its last join.
    pub(crate) fn into_path(self) -> Path {
        Path {
            name: self.path.name.clone(),
            hops: self.into_hops(),
        }
    }

    /// The joins, the filter moved into the last of them.
    fn into_hops(self) -> Vec<Hop> {
        let mut hops = self.path.hops;
        if let (Some(last), Some(filter)) = (hops.last_mut(), self.filter) {
            last.condition = Some(match last.condition.take() {
                Some(condition) => condition.and(filter),
                None => filter,
            });
        }
        hops
    }
}

impl<E: Entity, F: Entity> ToOne<E, F> {
    /// The row of `F` whose key the column `from` holds: `ON key = from`.
    ///
    /// `name` is the word by which emitted SQL calls it.
    #[must_use]
    pub fn new<A: SqlType<Base = F::Key>>(name: &'static str, from: Column<E, A>) -> Self {
        let foreign_key = is_bound(&E::DEFINITION);
        Self::one(name, from, F::DEFINITION.key, foreign_key)
    }

    /// The row of `F` whose column `to` equals the column `from` of the row, where `to` is unique: the other side of a
    /// one-to-one foreign key. `ON to = from`.
    ///
    /// A unique index has to keep `to` unique: several such rows would multiply the rows that they are joined to.
    ///
    /// ```
    /// use pagewise::chat::{Chat, Session};
    /// use pagewise::{Listing, Page, ToOne};
    ///
    /// let session: ToOne<Chat, Session> = ToOne::unique("session", Chat::ID, Session::CHAT_ID);
    /// let status = session.value(Session::STATUS).named("status");
    /// let page = Listing::of(Chat).tenant(7).show(&status).page(Page::first(25)).build()?;
    /// assert!(page.to_string().contains(
    ///     r#"LEFT JOIN "experiments_experimentsession" AS "session" ON "session"."chat_id" = "page"."id""#
    /// ));
    /// # Ok::<(), pagewise::Error>(())
    /// ```
    #[must_use]
    pub fn unique<A, B>(name: &'static str, from: Column<E, A>, to: Column<F, B>) -> Self
    where
        A: SqlType,
        B: SqlType<Base = A::Base>,
    {
        let foreign_key = is_bound(&E::DEFINITION) && is_parents_key(&F::DEFINITION, to.name());
        Self::one(name, from, to.name(), foreign_key)
    }

    /// The row of `F` whose number an object id holds, where the row is known to point at one of `F`: its content type is
    /// tested by itself. `ON key = object_id`.
    ///
    /// The object id may be of another integer type than the key. No foreign key stands behind it, so tables that are
    /// reached through it are each bound to the tenant by themselves.
    #[must_use]
    pub fn generic<B: SqlType>(name: &'static str, object_id: Column<E, B>) -> Self {
        Self::one(name, object_id, F::DEFINITION.key, false)
    }

    /// One row, joined by one column of each.
    fn one<A: SqlType>(
        name: &'static str,
        from: Column<E, A>,
        to: &'static str,
        foreign_key: bool,
    ) -> Self {
        let hop = Hop {
            definition: const { &F::DEFINITION },
            from: from.name(),
            from_type: A::DATA_TYPE,
            to: To::Column(to),
            to_one: true,
            foreign_key,
            condition: None,
        };
        Self::of(Path {
            name: Cow::Borrowed(name),
            hops: vec![hop],
        })
    }

    fn of(path: Path) -> Self {
        Self {
            path,
            marker: PhantomData,
        }
    }

    /// Only if the condition is true of the row that is pointed at.
    #[must_use]
    pub fn filter(self, condition: Predicate<F>) -> Relation<E, F> {
        Relation::from(self).filter(condition)
    }

    /// True of a row that points at one, which is the tenant's: `EXISTS (SELECT 1 FROM ..)`.
    #[must_use]
    pub fn exists(&self) -> Predicate<E> {
        Relation::from(self.clone()).exists()
    }

    /// True of a row that points at none, or at another tenant's: `NOT EXISTS (SELECT 1 FROM ..)`.
    #[must_use]
    pub fn is_empty(&self) -> Predicate<E> {
        Relation::from(self.clone()).is_empty()
    }

    /// True of a row that points at one of which the condition is true, where those are few: they are found first, and
    /// the row is compared with their keys, `= ANY (ARRAY (SELECT key FROM ..))`.
    ///
    /// An index on the pointing column serves it, alone or joined to others by OR, and the cost of a row does not
    /// depend on the condition. Where the rows that are pointed at are many, [`filter`](Self::filter) and
    /// [`exists`](Relation::exists) hold no list of them.
    ///
    /// Of a column that is NULL it is not true, nor is its negation; see
    /// [`is_not_true`](crate::Predicate::is_not_true).
    ///
    /// ```
    /// use pagewise::chat::{Experiment, Session};
    /// use pagewise::{Listing, Page};
    ///
    /// // Sessions of a chatbot and of its versions.
    /// let family = Experiment::ID.eq(5).or(Experiment::WORKING_VERSION_ID.eq(5));
    /// let page = Listing::of(Session)
    ///     .tenant(7)
    ///     .filter(Session::experiment().is_one_of(family))
    ///     .page(Page::first(10))
    ///     .build()?;
    /// assert!(page.to_string().contains(
    ///     r#""session"."experiment_id" = ANY(ARRAY (SELECT "experiment"."id" FROM "experiments_experiment" AS "experiment" WHERE "experiment"."team_id" = $2"#
    /// ));
    /// # Ok::<(), pagewise::Error>(())
    /// ```
    #[must_use]
    pub fn is_one_of(&self, condition: Predicate<F>) -> Predicate<E> {
        Predicate::new(PredicateNode::OneOfRows {
            path: self.path.clone(),
            filter: Box::new(condition.node),
            negated: false,
        })
    }

    /// The same row under another name.
    #[must_use]
    pub fn named(mut self, name: impl Into<Cow<'static, str>>) -> Self {
        self.path.name = name.into();
        self
    }

    /// On to the rows of `G` that belong to the row of `F`.
    ///
    /// ```
    /// use pagewise::chat::Session;
    ///
    /// // Sessions of the same chatbot.
    /// let siblings = Session::experiment().then_many(pagewise::chat::Experiment::sessions());
    /// let count = siblings.count();
    /// ```
    #[must_use]
    pub fn then_many<G: Entity>(self, next: Relation<F, G>) -> Relation<E, G> {
        Relation::from(self).then(next)
    }

    /// On to the row of `G` that the row of `F` points at.
    #[must_use]
    pub fn then<G: Entity>(self, next: ToOne<F, G>) -> ToOne<E, G> {
        let mut hops = self.path.hops;
        hops.extend(next.path.hops);
        ToOne::of(Path {
            name: next.path.name,
            hops,
        })
    }
}

impl<E: Entity, F: Entity> From<ToOne<E, F>> for Relation<E, F> {
    fn from(one: ToOne<E, F>) -> Self {
        Self::new(one.path, None)
    }
}

impl<E, F> Clone for Relation<E, F> {
    fn clone(&self) -> Self {
        Self {
            path: self.path.clone(),
            filter: self.filter.clone(),
            marker: PhantomData,
        }
    }
}

impl<E, F> Clone for ToOne<E, F> {
    fn clone(&self) -> Self {
        Self {
            path: self.path.clone(),
            marker: PhantomData,
        }
    }
}

impl<E, F> fmt::Debug for Relation<E, F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Relation")
            .field("path", &self.path)
            .field("filter", &self.filter)
            .finish()
    }
}

impl<E, F> fmt::Debug for ToOne<E, F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ToOne").field("path", &self.path).finish()
    }
}
