//! Sub-selects that a statement names at its beginning: `WITH name AS (..)`.

use std::borrow::Cow;
use std::cell::RefCell;

use sea_query::{CommonTableExpression, SelectStatement, WithClause};

use super::name::{free_name, iden};
use crate::error::Error;
use crate::predicate::Linked;

/// The sub-selects that a statement names, in the order in which they may read each other.
#[derive(Default)]
pub(super) struct Named {
    selects: RefCell<Vec<NamedSelect>>,
    /// What is appended to each name, so that no table has it.
    suffix: RefCell<String>,
}

struct NamedSelect {
    word: Cow<'static, str>,
    /// What it was made for, if others need the same.
    of: Option<(usize, &'static str)>,
    select: SelectStatement,
}

impl Named {
    fn add(
        &self,
        name: Cow<'static, str>,
        of: Option<(usize, &'static str)>,
        select: SelectStatement,
        is_set: impl Fn(&str) -> bool,
    ) -> Cow<'static, str> {
        let name = self.suffixed(name);
        let mut selects = self.selects.borrow_mut();
        let is_taken = |word: &str| is_set(word) || selects.iter().any(|known| known.word == word);
        let word = match is_taken(&name) {
            true => free_name("other_", &name, is_taken),
            false => name,
        };
        selects.push(NamedSelect {
            word: word.clone(),
            of,
            select,
        });
        word
    }

    pub(super) fn suffixed(&self, name: Cow<'static, str>) -> Cow<'static, str> {
        let suffix = self.suffix.borrow();
        match suffix.is_empty() {
            true => name,
            false => Cow::Owned(format!("{name}{suffix}")),
        }
    }
}

impl super::Renderer<'_> {
    /// Names a sub-select; by which word, since the name may be taken.
    ///
    /// PostgreSQL computes one that is read several times once, and one that nobody reads not at all.
    pub fn name(&self, name: &'static str, select: SelectStatement) -> Cow<'static, str> {
        let is_set = |word: &str| self.row_sets.has_word(word);
        self.named.add(Cow::Borrowed(name), None, select, is_set)
    }

    /// By which word a sub-select is named if no other has the name.
    pub fn word(&self, name: &'static str) -> Cow<'static, str> {
        self.named.suffixed(Cow::Borrowed(name))
    }

    /// Names a sub-select that all who ask for it, for the same condition, read.
    pub(super) fn name_once<E>(
        &self,
        name: &str,
        linked: &Linked,
        role: &'static str,
        make: impl FnOnce() -> Result<SelectStatement, E>,
    ) -> Result<Cow<'static, str>, E> {
        let of = Some((std::ptr::from_ref(linked).addr(), role));
        let known = self.named.selects.borrow();
        if let Some(known) = known.iter().find(|known| known.of == of) {
            return Ok(known.word.clone());
        }
        drop(known);
        let select = self.row_sets.apart(make)?;
        let is_set = |word: &str| self.row_sets.has_word(word);
        Ok(self
            .named
            .add(Cow::Owned(name.to_owned()), of, select, is_set))
    }

    /// Whether a sub-select is called so.
    pub fn is_named(&self, word: &str) -> bool {
        let selects = self.named.selects.borrow();
        selects.iter().any(|named| named.word == word)
    }

    /// The name, with what is appended to all of them.
    pub(super) fn suffixed(&self, name: Cow<'static, str>) -> Cow<'static, str> {
        self.named.suffixed(name)
    }

    /// Whether a table that was read has the name of a sub-select, and would be taken for it.
    fn has_read_a_name(&self) -> bool {
        let selects = self.named.selects.borrow();
        let mut named = selects.iter();
        named.any(|named| self.has_read(&named.word))
            || self.row_sets.words().iter().any(|word| self.has_read(word))
    }

    /// Begins the statement anew, with other names.
    fn rename(&self) {
        self.named.selects.borrow_mut().clear();
        self.named.suffix.borrow_mut().push_str("_rows");
        self.row_sets.clear();
    }

    /// A whole statement: with the sub-selects that it names.
    pub fn statement(
        &self,
        write: impl Fn() -> Result<SelectStatement, Error>,
    ) -> Result<SelectStatement, Error> {
        loop {
            let mut select = write()?;
            self.write_row_sets()?;
            if self.has_read_a_name() {
                // A table of the host has the name of a sub-select: it would be taken for it.
                self.rename();
                continue;
            }
            if let Some(with) = self.take_named() {
                select.with_cte(with);
            }
            return Ok(select);
        }
    }

    /// Takes the sub-selects that have been named: what is shared by conditions, which reads no sets of rows; those sets,
    /// whose conditions read the former; and then the statement's own.
    fn take_named(&self) -> Option<WithClause> {
        let selects = self.named.selects.take();
        if selects.is_empty() && self.row_sets.words().is_empty() {
            return None;
        }
        let (shared, own): (Vec<_>, Vec<_>) =
            selects.into_iter().partition(|named| named.of.is_some());
        let mut with = WithClause::new();
        let add = |with: &mut WithClause, named: NamedSelect| {
            let mut cte = CommonTableExpression::new();
            cte.table_name(iden(&named.word)).query(named.select);
            with.cte(cte);
        };
        shared.into_iter().for_each(|named| add(&mut with, named));
        self.take_row_sets(&mut with);
        own.into_iter().for_each(|named| add(&mut with, named));
        Some(with)
    }
}
