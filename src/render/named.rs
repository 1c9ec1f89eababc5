//! Sub-selects that a statement names at its beginning: `WITH name AS (..)`.

use std::borrow::Cow;
use std::cell::RefCell;

use sea_query::{CommonTableExpression, SelectStatement, WithClause};

use super::name::{free_name, iden};
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
    ) -> Cow<'static, str> {
        let name = self.suffixed(name);
        let mut selects = self.selects.borrow_mut();
        let is_taken = |word: &str| selects.iter().any(|known| known.word == word);
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

    fn suffixed(&self, name: Cow<'static, str>) -> Cow<'static, str> {
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
        self.named.add(Cow::Borrowed(name), None, select)
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
        Ok(self.named.add(Cow::Owned(name.to_owned()), of, make()?))
    }

    /// Whether a table that was read has the name of a sub-select, and would be taken for it.
    pub fn has_read_a_name(&self) -> bool {
        let selects = self.named.selects.borrow();
        selects.iter().any(|named| self.has_read(&named.word))
    }

    /// Begins the statement anew, with other names.
    pub fn rename(&self) {
        self.named.selects.borrow_mut().clear();
        self.named.suffix.borrow_mut().push_str("_rows");
    }

    /// Takes the sub-selects that have been named.
    pub fn take_named(&self) -> Option<WithClause> {
        let selects = self.named.selects.take();
        if selects.is_empty() {
            return None;
        }
        let mut with = WithClause::new();
        for named in selects {
            let mut cte = CommonTableExpression::new();
            cte.table_name(iden(&named.word)).query(named.select);
            with.cte(cte);
        }
        Some(with)
    }
}
