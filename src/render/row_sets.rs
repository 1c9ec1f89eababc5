//! Sets of rows that several parts of a statement read: each is found once, as `WITH name AS (..)`.
//!
//! Whoever reads a set says so while it is written, and which values it needs. When all readers are written, the sets
//! are, with the values that were asked for. A set may read others, and so ask for more of them.

use std::borrow::Cow;
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::sync::Arc;

use sea_query::{CommonTableExpression, Expr, SelectStatement, WithClause};

use super::name::{free_name, iden};
use super::scope::{Holder, Scope};
use crate::aggregate::RowsNode;
use crate::annotation::AnnotationNode;
use crate::error::Error;
use crate::expression::Node;

/// How the rows of a set are split: each row once for each stretch of time in which it has one of its required rows.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Split {
    /// The beginning of the stretch, computed of the required row.
    pub start: Node,
    /// The word for it.
    pub word: &'static str,
}

/// The output of a split set that has the beginning of the stretch.
pub(crate) const START: &str = "start";

/// A set of rows as it is read in a statement.
pub(crate) struct RowSet {
    pub rows: Arc<RowsNode>,
    pub split: Option<Split>,
    pub word: Cow<'static, str>,
    values: RefCell<Vec<Held>>,
}

/// A value of a set's rows.
#[derive(Clone)]
pub(crate) struct Held {
    pub node: Node,
    pub name: Cow<'static, str>,
}

impl RowSet {
    /// A set that only the writer of another reads.
    pub fn within(rows: &Arc<RowsNode>, split: Option<&Split>, word: &'static str) -> Self {
        Self {
            rows: Arc::clone(rows),
            split: split.cloned(),
            word: Cow::Borrowed(word),
            values: RefCell::default(),
        }
    }

    /// What its readers need.
    pub fn values(&self) -> Vec<Held> {
        self.values.borrow().clone()
    }

    fn has(&self, node: &Node) -> Option<Cow<'static, str>> {
        let values = self.values.borrow();
        let held = values.iter().find(|held| held.node.is_same_value(node))?;
        Some(held.name.clone())
    }

    /// By which name a reader finds a value.
    pub fn hold(&self, node: &Node) -> Cow<'static, str> {
        if let Some(name) = self.has(node) {
            return name;
        }
        let mut values = self.values.borrow_mut();
        let name = match node {
            Node::Column(name) => Cow::Borrowed(*name),
            Node::Annotation(annotation) => annotation.name.clone(),
            _ => Cow::Borrowed("value"),
        };
        let is_taken = |word: &str| word == START || values.iter().any(|held| held.name == word);
        // A column keeps its name: others read it by that.
        let name = match node {
            Node::Column(_) => name,
            _ if is_taken(&name) => free_name("held_", &name, is_taken),
            _ => name,
        };
        values.push(Held {
            node: node.clone(),
            name: name.clone(),
        });
        name
    }
}

impl Holder for RowSet {
    fn reads(&self, column: &'static str) {
        self.hold(&Node::Column(column));
    }

    fn knows(&self, _: &str) -> bool {
        false
    }

    fn annotation(&self, scope: &Scope<'_>, annotation: &Arc<AnnotationNode>) -> Option<Expr> {
        let name = self.hold(&Node::Annotation(Arc::clone(annotation)));
        Some(scope.output(&name))
    }
}

/// The sets of a statement.
#[derive(Default)]
pub(super) struct RowSets {
    sets: RefCell<Vec<Member>>,
    /// Which set is being written.
    current: Cell<Option<usize>>,
    /// What is written cannot read the sets.
    apart: Cell<bool>,
}

struct Member {
    set: Rc<RowSet>,
    select: Option<SelectStatement>,
    /// How many values it had when it was written.
    written: Option<usize>,
    /// Which sets it reads.
    reads: Vec<usize>,
}

impl RowSets {
    pub(super) fn apart<T>(&self, write: impl FnOnce() -> T) -> T {
        let before = self.apart.replace(true);
        let written = write();
        self.apart.set(before);
        written
    }

    pub(super) fn has_word(&self, word: &str) -> bool {
        self.sets
            .borrow()
            .iter()
            .any(|member| member.set.word == word)
    }

    pub(super) fn words(&self) -> Vec<Cow<'static, str>> {
        let sets = self.sets.borrow();
        sets.iter().map(|member| member.set.word.clone()).collect()
    }

    pub(super) fn clear(&self) {
        self.sets.borrow_mut().clear();
        self.current.set(None);
    }

    /// A set of which more is needed than was written.
    fn next(&self) -> Option<(usize, Rc<RowSet>)> {
        let sets = self.sets.borrow();
        let is_behind = |member: &Member| member.written != Some(member.set.values.borrow().len());
        let (at, member) = sets
            .iter()
            .enumerate()
            .find(|(_, member)| is_behind(member))?;
        Some((at, Rc::clone(&member.set)))
    }
}

impl super::Renderer<'_> {
    /// A set that is read where this is written.
    pub fn row_set(&self, rows: &Arc<RowsNode>, split: Option<&Split>) -> Rc<RowSet> {
        let mut sets = self.row_sets.sets.borrow_mut();
        let known = sets
            .iter()
            .position(|member| member.set.split.as_ref() == split && member.set.rows.is_same(rows));
        let at = match known {
            Some(at) => at,
            None => {
                let mut word = self.suffixed(rows.name.clone());
                if let Some(split) = split {
                    word = Cow::Owned(format!("{word}_by_{}", split.word));
                }
                let is_taken = |word: &str| {
                    self.is_named(word) || sets.iter().any(|member| member.set.word == word)
                };
                if is_taken(&word) || !super::is_name(&word) {
                    word = free_name("other_", &word, is_taken);
                }
                sets.push(Member {
                    set: Rc::new(RowSet {
                        rows: Arc::clone(rows),
                        split: split.cloned(),
                        word,
                        values: RefCell::default(),
                    }),
                    select: None,
                    written: None,
                    reads: Vec::new(),
                });
                sets.len() - 1
            }
        };
        if let Some(current) = self.row_sets.current.get()
            && current != at
            && !sets[current].reads.contains(&at)
        {
            sets[current].reads.push(at);
        }
        Rc::clone(&sets[at].set)
    }

    /// The same rows split, if somebody reads them so.
    pub fn split_of(&self, rows: &RowsNode) -> Option<Split> {
        let sets = self.row_sets.sets.borrow();
        let mut split = sets.iter().filter(|member| member.set.rows.is_same(rows));
        split.find_map(|member| member.set.split.clone())
    }

    /// Whether sets that are read here are to be written here.
    pub fn has_sets_apart(&self) -> bool {
        self.row_sets.apart.get()
    }

    /// Writes something that stands before the sets, so that it cannot read them: it has its own.
    pub fn apart<T>(&self, write: impl FnOnce() -> T) -> T {
        self.row_sets.apart(write)
    }

    /// Writes the sets that have been read.
    pub fn write_row_sets(&self) -> Result<(), Error> {
        while let Some((at, set)) = self.row_sets.next() {
            let values = set.values.borrow().len();
            self.row_sets.current.set(Some(at));
            let select = crate::aggregate::write_set(self, &set);
            self.row_sets.current.set(None);
            let mut sets = self.row_sets.sets.borrow_mut();
            let member = &mut sets[at];
            member.select = Some(select?);
            member.written = Some(values);
        }
        Ok(())
    }

    /// Adds the sets, each after those that it reads.
    pub(super) fn take_row_sets(&self, with: &mut WithClause) {
        let mut sets = self.row_sets.sets.take();
        let mut done = vec![false; sets.len()];
        // No set reads itself, so each round finishes one at least.
        while let Some(at) =
            (0..sets.len()).find(|at| !done[*at] && sets[*at].reads.iter().all(|read| done[*read]))
        {
            done[at] = true;
            if let Some(select) = sets[at].select.take() {
                let mut cte = CommonTableExpression::new();
                cte.table_name(iden(&sets[at].set.word)).query(select);
                with.cte(cte);
            }
        }
    }
}
