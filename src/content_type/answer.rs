//! What the database answers, and what a set finds in it.

use std::collections::{HashMap, HashSet};

use super::ContentTypeSet;
use super::name::{Name, Pair};
use crate::error::Error;

/// The numbers by name.
pub(super) struct Answer(HashMap<Name, i32>);

impl Answer {
    /// `(id, app_label, model)` of each row.
    pub fn new(rows: impl IntoIterator<Item = (i32, String, String)>) -> Self {
        let rows = rows.into_iter();
        Self(
            rows.map(|(id, app_label, model)| (Name::new(&app_label, &model), id))
                .collect(),
        )
    }

    pub fn get(&self, app_label: &str, model: &str) -> Option<i32> {
        self.0.get(&(app_label, model) as &dyn Pair).copied()
    }

    pub fn iter(&self) -> impl Iterator<Item = (&Name, i32)> {
        self.0.iter().map(|(name, id)| (name, *id))
    }

    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// The numbers of a set, or which of its names are not there.
    pub fn find<S: ContentTypeSet + ?Sized>(&self, set: &S) -> Result<S::Ids, Error> {
        if let Some(ids) = set.ids(&mut |app_label, model| self.get(app_label, model)) {
            return Ok(ids);
        }
        let unknown: Vec<_> = names(set)
            .iter()
            .filter(|name| !self.0.contains_key(*name))
            .map(Name::to_string)
            .collect();
        Err(if unknown.is_empty() {
            Error::UnexpectedAnswer {
                reason:
                    "a set of content types gives no numbers, although each of its names has one"
                        .to_owned(),
            }
        } else {
            Error::UnknownContentTypes { names: unknown }
        })
    }
}

/// What a set asks for: each once, in their order.
pub(super) fn names<S: ContentTypeSet + ?Sized>(set: &S) -> Vec<Name> {
    let mut names = Vec::new();
    let _ = set.ids(&mut |app_label, model| {
        names.push(Name::new(app_label, model));
        Some(0)
    });
    let mut seen = HashSet::new();
    names.retain(|name| seen.insert(name.clone()));
    names
}
