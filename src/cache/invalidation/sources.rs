//! The tables whose changes are noted: [`Sources`].

use std::borrow::Cow;

use super::source::{Source, SourceNode, is_same};
use super::steps;
use crate::ddl::Step;
use crate::error::Error;
use crate::schema::Entity;

/// The tables whose changes are noted, and the triggers that do it.
///
/// # What is promised
///
/// * Triggers run once for a statement, whatever rows it touches: INSERT, also by COPY, UPDATE, DELETE, MERGE and TRUNCATE; ON
///   CONFLICT, data-modifying WITH, and the actions of foreign keys among them. A thousand rows of one team in one
///   transaction are one note.
/// * A note is a row that only its own transaction ever writes: writers do not wait for one another.
/// * Moved to another team, a row leaves a note for both.
/// * A row whose team is found through another row that the statement does not see, such as a message whose chat another
///   transaction has not committed yet, leaves a note for all teams. When a row through which teams are found is moved to
///   another team, the statement waits for transactions that write what points at it. Two cases are left: where such a
///   key is deleted and given to another row of another team, and where what points at it is written under REPEATABLE READ
///   or SERIALIZABLE by a transaction that began before the move was committed; then [invalidate](super::Invalidation) by hand.
/// * While triggers are disabled, or `session_replication_role` is `replica`, nothing is noted; nor is what is written to a
///   partition by its own name. When they are made again, all results of before are outdated.
/// * The functions run with the rights of who writes, who needs INSERT and SELECT on `pagewise_cache_note` and SELECT on the
///   tables through which teams are found; moving such a row to another team needs UPDATE on what points at it.
///
/// # Example
///
/// ```
/// use pagewise::cache::{Source, Sources};
/// use pagewise::chat::{Chat, Message};
/// use pagewise::ddl::Migration;
///
/// let sources = Sources::new()
///     .source(Source::of(Chat).reads(Chat::ID))
///     .source(Source::of(Message).reads(Message::CREATED_AT));
/// let migration = Migration::new()
///     .phase("cache", pagewise::cache::steps())
///     .phase("notes", sources.steps()?);
/// # Ok::<(), pagewise::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Sources {
    pub(super) nodes: Vec<SourceNode>,
    pub(super) schema: Cow<'static, str>,
    pub(super) notifies: bool,
}

impl Sources {
    /// None yet.
    #[must_use]
    pub fn new() -> Self {
        Self {
            nodes: Vec::new(),
            schema: Cow::Borrowed("public"),
            notifies: false,
        }
    }

    /// One table more; if it is there already, it takes the place of what was said of it before.
    #[must_use]
    pub fn source<E: Entity>(mut self, source: Source<E>) -> Self {
        let node = SourceNode::from(source);
        self.nodes
            .retain(|known| !is_same(known.definition, node.definition));
        self.nodes.push(node);
        self
    }

    /// The schema of the cache's tables, of the functions, and of the tables that do not name one themselves; `public` unless
    /// said otherwise.
    #[must_use]
    pub fn in_schema(mut self, schema: impl Into<Cow<'static, str>>) -> Self {
        self.schema = schema.into();
        self
    }

    /// Each new note is also sent to those who listen, as its transaction commits: `NOTIFY pagewise_cache`, with the team and
    /// the source.
    ///
    /// Off by default. A transaction that notifies takes a lock of the whole cluster for its commit, so that such commits
    /// wait for one another, each for the other's write to the disk; and where a listener does not read for so long that the
    /// queue is full, such commits fail; a transaction that has notified cannot be prepared for a commit in two phases. Processes that look at the notes every second or so
    /// ([`LocalCopies::catch_up_statement`](super::LocalCopies::catch_up_statement)) cost writers nothing.
    #[must_use]
    pub fn notifying(mut self) -> Self {
        self.notifies = true;
        self
    }

    /// The names, in the order in which they were given: what a kind of results may list.
    pub fn names(&self) -> impl Iterator<Item = &'static str> {
        self.nodes.iter().map(SourceNode::name)
    }

    /// The columns of a table of which a change is noted; empty if each UPDATE is, `None` if the table is not one of these.
    #[must_use]
    pub fn columns(&self, name: &str) -> Option<Vec<&'static str>> {
        let node = self.nodes.iter().find(|node| node.name() == name)?;
        Some(node.columns())
    }

    /// What makes the functions and triggers; taken back, what removes them.
    ///
    /// The tables of [`cache::steps`](crate::cache::steps) come first. Making a trigger waits for the transactions that write
    /// its table, and makes all results of before it outdated: what was written then left no note. Run again, the steps make
    /// what is not there any more, put the triggers of a changed declaration in the place of the old ones, and change nothing
    /// otherwise. They are refused under a stricter isolation than READ COMMITTED.
    ///
    /// Without the triggers nothing outdates a result but its age: take away those who read the cache first.
    ///
    /// # Errors
    ///
    /// * [`Error::Incomplete`] if the teams of a table's rows are found through another table that is not one of these;
    /// * [`Error::TenantType`] if a table's tenants are no integers;
    /// * [`Error::InvalidName`] if the schema cannot be one.
    pub fn steps(&self) -> Result<Vec<Step>, Error> {
        steps::steps(self)
    }
}

impl Default for Sources {
    fn default() -> Self {
        Self::new()
    }
}
