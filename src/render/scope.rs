//! Rows of a statement, and the words by which it calls them.

#![expect(
    clippy::ptr_arg,
    reason = "a borrowed name lives for ever and need not be copied"
)]

use std::borrow::Cow;

use sea_query::{DynIden, Expr, IntoIden};

use super::name::{free_name, iden};

/// Where a column is looked up: a row of the statement, inside the rows around it.
pub(crate) struct Scope<'a> {
    word: Cow<'static, str>,
    around: Option<&'a Scope<'a>>,
}

impl<'a> Scope<'a> {
    pub fn root(word: impl Into<Cow<'static, str>>) -> Self {
        Self {
            word: word.into(),
            around: None,
        }
    }

    /// A row inside this one, called by `word`, or by a longer word if that is taken: a name that an inner row
    /// takes from an outer one would silently compare the inner row with itself.
    pub fn inside(&'a self, word: &'static str) -> Scope<'a> {
        let mut word = Cow::Borrowed(word);
        if self.knows(&word) {
            word = free_name("related_", &word, |word| self.knows(word));
        }
        Scope {
            word,
            around: Some(self),
        }
    }

    /// Whether this row or one around it is called so.
    pub fn knows(&self, word: &str) -> bool {
        self.word == word || self.around.is_some_and(|around| around.knows(word))
    }

    pub fn iden(&self) -> DynIden {
        iden(&self.word)
    }

    pub fn column(&self, name: &'static str) -> Expr {
        Expr::col((self.iden(), name.into_iden()))
    }

    /// An output of the sub-select that the row is of.
    pub fn output(&self, name: &Cow<'static, str>) -> Expr {
        Expr::col((self.iden(), iden(name)))
    }
}
