//! Rows of a statement, and the words by which it calls them.

#![expect(
    clippy::ptr_arg,
    reason = "a borrowed name lives for ever and need not be copied"
)]

use std::borrow::Cow;
use std::sync::Arc;

use sea_query::{DynIden, Expr, IntoIden};

use super::name::{free_name, iden};
use crate::annotation::AnnotationNode;

/// What has the values of a row, where that is no table's.
pub(crate) trait Holder {
    /// A column of the row is read: by which name it is found.
    fn reads(&self, column: &'static str) -> Cow<'static, str>;

    /// Whether another row beside it is called so.
    fn knows(&self, word: &str) -> bool;

    /// An annotation of the row, if it is held as a value.
    fn annotation(&self, scope: &Scope<'_>, annotation: &Arc<AnnotationNode>) -> Option<Expr>;
}

/// Where a column is looked up: a row of the statement, inside the rows around it.
pub(crate) struct Scope<'a> {
    word: Cow<'static, str>,
    around: Option<&'a Scope<'a>>,
    holder: Option<&'a dyn Holder>,
}

impl<'a> Scope<'a> {
    pub fn root(word: impl Into<Cow<'static, str>>) -> Self {
        Self {
            word: word.into(),
            around: None,
            holder: None,
        }
    }

    /// The row that a statement is about which has but one: its columns are called by their names alone.
    pub fn only() -> Self {
        Self::root("")
    }

    /// The same row, whose values are held by another than a table.
    pub fn held_by(self, holder: &'a dyn Holder) -> Self {
        Self {
            holder: Some(holder),
            ..self
        }
    }

    /// A row inside this one, called by `word`, or by a longer word if that is taken: a name that an inner row
    /// takes from an outer one would silently compare the inner row with itself.
    pub fn inside(&'a self, word: impl Into<Cow<'static, str>>) -> Scope<'a> {
        let mut word = word.into();
        if self.knows(&word) {
            word = free_name("related_", &word, |word| self.knows(word));
        }
        Scope {
            word,
            around: Some(self),
            holder: None,
        }
    }

    /// Whether this row or one around it is called so.
    pub fn knows(&self, word: &str) -> bool {
        self.word == word
            || self.holder.is_some_and(|holder| holder.knows(word))
            || self.around.is_some_and(|around| around.knows(word))
    }

    /// The word by which the row is called.
    pub fn word(&self) -> &str {
        &self.word
    }

    pub fn iden(&self) -> DynIden {
        iden(&self.word)
    }

    pub fn column(&self, name: &'static str) -> Expr {
        match self.holder {
            Some(holder) => self.output(&holder.reads(name)),
            None if self.word.is_empty() => Expr::col(name.into_iden()),
            None => Expr::col((self.iden(), name.into_iden())),
        }
    }

    /// An annotation of the row, if it is held as a value; else it is to be computed.
    pub fn annotation(&self, annotation: &Arc<AnnotationNode>) -> Option<Expr> {
        self.holder?.annotation(self, annotation)
    }

    /// An output of the sub-select that the row is of.
    pub fn output(&self, name: &Cow<'static, str>) -> Expr {
        Expr::col((self.iden(), iden(name)))
    }
}
