//! What a content type is called in a cache, and how it is found there without making a name first.

use std::borrow::Borrow;
use std::fmt;
use std::hash::{Hash, Hasher};

/// A content type's application and model.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Name {
    app_label: Box<str>,
    model: Box<str>,
}

/// Both parts of a name, whoever owns them: what names are found by.
pub(super) trait Pair {
    fn pair(&self) -> (&str, &str);
}

impl Name {
    pub fn new(app_label: &str, model: &str) -> Self {
        Self {
            app_label: app_label.into(),
            model: model.into(),
        }
    }
}

impl Pair for Name {
    fn pair(&self) -> (&str, &str) {
        (&self.app_label, &self.model)
    }
}

impl Pair for (&str, &str) {
    fn pair(&self) -> (&str, &str) {
        *self
    }
}

impl<'a> Borrow<dyn Pair + 'a> for Name {
    fn borrow(&self) -> &(dyn Pair + 'a) {
        self
    }
}

impl Hash for Name {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.pair().hash(state);
    }
}

impl Hash for dyn Pair + '_ {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.pair().hash(state);
    }
}

impl PartialEq for dyn Pair + '_ {
    fn eq(&self, other: &Self) -> bool {
        self.pair() == other.pair()
    }
}

impl Eq for dyn Pair + '_ {}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.app_label, self.model)
    }
}
