//! Django's content types: which number stands for which model, cached.
//!
//! The number differs per database, so it is asked for, once: [`ContentTypes`] is a cache for one database.

use std::fmt;
use std::marker::PhantomData;
use std::num::NonZeroUsize;
use std::sync::{Mutex, MutexGuard, PoisonError};

use lru::LruCache;
use sea_query::{Condition, Query};

use crate::error::Error;
use crate::predicate::PredicateNode;
use crate::render::{Renderer, Scope};
use crate::schema::{DataType, Entity};
use crate::statement::{OutputColumn, Statement};

crate::entity! {
    /// Django's table of content types; the same for every tenant.
    pub DjangoContentType = "django_content_type" as "content_type" {
        key ID: i32 = "id";
        shared;
        /// The Django application.
        APP_LABEL: String = "app_label";
        /// The model's class name in lower case.
        MODEL: String = "model";
    }
}

/// A model that generic relations may point at: the Django application and model of the entity `E`.
///
/// ```
/// use pagewise::chat::Chat;
/// use pagewise::content_type::ContentType;
///
/// const CHAT: ContentType<Chat> = ContentType::new("chat", "chat");
/// ```
pub struct ContentType<E> {
    app_label: &'static str,
    model: &'static str,
    marker: PhantomData<fn() -> E>,
}

/// The number that stands for the entity `E` in one database's generic relations.
pub struct ContentTypeId<E> {
    id: i32,
    marker: PhantomData<fn() -> E>,
}

impl<E> ContentType<E> {
    /// The model `app_label.model`; the model in lower case, as Django keeps it.
    #[must_use]
    pub const fn new(app_label: &'static str, model: &'static str) -> Self {
        Self {
            app_label,
            model,
            marker: PhantomData,
        }
    }
}

impl<E> ContentTypeId<E> {
    /// A number that is known from elsewhere.
    #[must_use]
    pub const fn new(id: i32) -> Self {
        Self {
            id,
            marker: PhantomData,
        }
    }

    /// The number.
    #[must_use]
    pub const fn value(self) -> i32 {
        self.id
    }
}

/// What can be resolved: content types, alone, as a tuple, or as a host's own set.
///
/// ```
/// use pagewise::chat;
/// use pagewise::content_type::ContentTypeSet;
///
/// let names = chat::TAGGABLE.names();
/// assert_eq!(names, [("chat", "chat"), ("chat", "chatmessage")]);
/// ```
pub trait ContentTypeSet {
    /// The numbers, in the same form.
    type Ids;
    /// `(app_label, model)` of each.
    fn names(&self) -> Vec<(&'static str, &'static str)>;
    /// The numbers, one for each name in the same order; `None` if there are fewer.
    fn ids(&self, ids: &mut dyn Iterator<Item = i32>) -> Option<Self::Ids>;
}

impl<E> ContentTypeSet for ContentType<E> {
    type Ids = ContentTypeId<E>;
    fn names(&self) -> Vec<(&'static str, &'static str)> {
        vec![(self.app_label, self.model)]
    }
    fn ids(&self, ids: &mut dyn Iterator<Item = i32>) -> Option<Self::Ids> {
        ids.next().map(ContentTypeId::new)
    }
}

macro_rules! tuples {
    ($($name:ident)*) => {
        impl<$($name: ContentTypeSet),*> ContentTypeSet for ($($name,)*) {
            type Ids = ($($name::Ids,)*);

            #[allow(non_snake_case, reason = "the names of the types name the parts")]
            fn names(&self) -> Vec<(&'static str, &'static str)> {
                let ($($name,)*) = self;
                let mut names = Vec::new();
                $(names.extend($name.names());)*
                names
            }

            #[allow(non_snake_case, reason = "the names of the types name the parts")]
            fn ids(&self, ids: &mut dyn Iterator<Item = i32>) -> Option<Self::Ids> {
                let ($($name,)*) = self;
                Some(($($name.ids(ids)?,)*))
            }
        }
    };
}

tuples!(A B);
tuples!(A B C);
tuples!(A B C D);

/// A cache of content types for one database, shared between threads.
///
/// Bounded, least recently used first out. Unknown types are an error that names them, and are not remembered:
/// the migration that creates them may be under way. It holds no lock while it waits for the database.
///
/// # Example
///
/// ```no_run
/// use pagewise::chat;
/// use pagewise::ContentTypes;
///
/// # fn example(client: &mut postgres::Client) -> Result<(), pagewise::Error> {
/// let types = ContentTypes::default();
/// let taggable = types.resolve(client, &chat::TAGGABLE)?;    // one query
/// let again = types.resolve(client, &chat::TAGGABLE)?;       // none
/// # Ok(())
/// # }
/// ```
pub struct ContentTypes {
    known: Mutex<LruCache<(&'static str, &'static str), i32>>,
}

impl ContentTypes {
    /// A cache of so many content types; of one if it is 0.
    #[must_use]
    pub fn new(capacity: usize) -> Self {
        let capacity = NonZeroUsize::new(capacity).unwrap_or(NonZeroUsize::MIN);
        Self {
            known: Mutex::new(LruCache::new(capacity)),
        }
    }

    /// The numbers of a set, if all of them are known already.
    pub fn known<S: ContentTypeSet>(&self, set: &S) -> Option<S::Ids> {
        let mut known = self.lock();
        let ids: Option<Vec<i32>> = set
            .names()
            .iter()
            .map(|name| known.get(name).copied())
            .collect();
        set.ids(&mut ids?.into_iter())
    }

    /// The statement that asks for a set; its answer is for [`learn`](Self::learn).
    ///
    /// `SELECT id, app_label, model FROM django_content_type WHERE app_label = ANY ($1) AND model = ANY ($2)`: one
    /// text, however many are asked for.
    ///
    /// # Errors
    ///
    /// [`Error::NulInText`] if a name contains NUL.
    pub fn statement<S: ContentTypeSet>(set: &S) -> Result<Statement, Error> {
        let names = set.names();
        let app_labels =
            DjangoContentType::APP_LABEL.any_of(names.iter().map(|(app_label, _)| *app_label));
        let models = DjangoContentType::MODEL.any_of(names.iter().map(|(_, model)| *model));
        let renderer = Renderer::new(None);
        let scope = Scope::root(DjangoContentType::DEFINITION.alias);
        let (table, _) =
            renderer.source(const { &DjangoContentType::DEFINITION }, &scope, false)?;
        let condition = PredicateNode::All(vec![app_labels.node, models.node]);
        let mut select = Query::select();
        let outputs = [
            (DjangoContentType::ID.name(), DataType::Integer),
            (DjangoContentType::APP_LABEL.name(), DataType::Text),
            (DjangoContentType::MODEL.name(), DataType::Text),
        ];
        for (name, _) in outputs {
            select.expr(scope.column(name));
        }
        select
            .from(table)
            .cond_where(Condition::all().add(renderer.predicate(&scope, &condition)?));
        let outputs = outputs.map(|(name, data_type)| OutputColumn {
            name: name.into(),
            data_type,
            nullable: false,
        });
        Ok(Statement::new(select, outputs.into()))
    }

    /// Remembers the answer to [`statement`](Self::statement), `(id, app_label, model)` for each row, and gives
    /// the numbers of the set.
    ///
    /// # Errors
    ///
    /// [`Error::UnknownContentTypes`] names those that the answer has not.
    pub fn learn<S: ContentTypeSet>(
        &self,
        set: &S,
        answer: impl IntoIterator<Item = (i32, String, String)>,
    ) -> Result<S::Ids, Error> {
        let answer: Vec<_> = answer.into_iter().collect();
        let mut ids = Vec::new();
        let mut unknown = Vec::new();
        for (app_label, model) in set.names() {
            match answer.iter().find(|(_, a, m)| a == app_label && m == model) {
                Some((id, ..)) => {
                    self.lock().put((app_label, model), *id);
                    ids.push(*id);
                }
                None => {
                    let name = format!("{app_label}.{model}");
                    if !unknown.contains(&name) {
                        unknown.push(name);
                    }
                }
            }
        }
        if !unknown.is_empty() {
            return Err(Error::UnknownContentTypes { names: unknown });
        }
        set.ids(&mut ids.into_iter())
            .ok_or_else(|| Error::UnexpectedAnswer {
                reason: "a set of content types takes more numbers than it has names".to_owned(),
            })
    }

    /// Forgets everything: after a restore, or between tests on fresh databases.
    pub fn clear(&self) {
        self.lock().clear();
    }

    fn lock(&self) -> MutexGuard<'_, LruCache<(&'static str, &'static str), i32>> {
        // A panic elsewhere cannot leave the cache half-changed.
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Default for ContentTypes {
    /// A cache of 128 content types.
    fn default() -> Self {
        Self::new(128)
    }
}

#[cfg(any(feature = "postgres", feature = "tokio-postgres"))]
mod resolve {
    use super::{ContentTypeSet, ContentTypes};
    use crate::driver::wire::Row;
    use crate::error::Error;

    impl ContentTypes {
        /// The numbers of a set: from the cache, else by one query for all of it.
        ///
        /// # Errors
        ///
        /// [`Error::UnknownContentTypes`] names those that the database has not; [`Error::Database`].
        #[cfg(feature = "postgres")]
        pub fn resolve<S: ContentTypeSet>(
            &self,
            client: &mut impl crate::driver::postgres::Execute,
            set: &S,
        ) -> Result<S::Ids, Error> {
            match self.known(set) {
                Some(ids) => Ok(ids),
                None => self.learn(set, read(Self::statement(set)?.query(client)?)?),
            }
        }

        /// As `resolve`, through an asynchronous client.
        ///
        /// # Errors
        ///
        /// [`Error::UnknownContentTypes`] names those that the database has not; [`Error::Database`].
        #[cfg(feature = "tokio-postgres")]
        pub async fn resolve_async<S: ContentTypeSet>(
            &self,
            client: &impl crate::driver::tokio_postgres::Execute,
            set: &S,
        ) -> Result<S::Ids, Error> {
            match self.known(set) {
                Some(ids) => Ok(ids),
                None => self.learn(set, read(Self::statement(set)?.query_async(client).await?)?),
            }
        }
    }

    fn read(rows: Vec<Row>) -> Result<Vec<(i32, String, String)>, Error> {
        rows.iter()
            .map(|row| Ok((row.try_get(0)?, row.try_get(1)?, row.try_get(2)?)))
            .collect()
    }
}

macro_rules! copy {
    ($($type:ident { $($field:ident),* })*) => {$(
        impl<E> Clone for $type<E> {
            fn clone(&self) -> Self {
                *self
            }
        }

        impl<E> Copy for $type<E> {}

        impl<E> fmt::Debug for $type<E> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.debug_struct(stringify!($type))$(.field(stringify!($field), &self.$field))*.finish()
            }
        }
    )*};
}

copy! {
    ContentType { app_label, model }
    ContentTypeId { id }
}

impl fmt::Debug for ContentTypes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ContentTypes")
            .field("known", &self.lock().len())
            .finish_non_exhaustive()
    }
}
