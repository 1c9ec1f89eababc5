//! The cache: [`ContentTypes`].

use std::fmt;
use std::num::NonZeroUsize;
use std::sync::{Mutex, MutexGuard, PoisonError};

use lru::LruCache;
use sea_query::{Condition, Query};

use super::{ContentTypeSet, DjangoContentType};
use crate::error::Error;
use crate::predicate::PredicateNode;
use crate::render::{Renderer, Scope};
use crate::schema::{DataType, Entity};
use crate::statement::{OutputColumn, Statement};

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
        let renderer = Renderer::new(None, 0);
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

impl fmt::Debug for ContentTypes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ContentTypes")
            .field("known", &self.lock().len())
            .finish_non_exhaustive()
    }
}
