//! A wanted index beside one that exists.

use super::definition::IndexDefinition;
use super::node::PartNode;
use super::write::PartText;
use crate::catalog::{Index, IndexKey};
use crate::expression::Node;

/// In which direction one index has what another has.
#[derive(Clone, Copy, PartialEq)]
enum Way {
    Forward,
    Backward,
}

impl IndexDefinition {
    /// Whether the index is this one, whatever it is called: the same keys in the same order, the same columns beside them,
    /// the same rows, and as unique.
    ///
    /// It is told by what PostgreSQL prints. An expression or a condition that is the same and is printed otherwise counts
    /// as different, as does an operator class or a collation that is named where PostgreSQL names none, or with a schema
    /// where it prints none; a [`Migration`](crate::ddl::Migration) asks the server what the wanted one is. Nothing is said
    /// of storage parameters, tablespaces, or of whether it is valid.
    ///
    /// ```no_run
    /// use pagewise::chat::Session;
    /// use pagewise::ddl::IndexSpec;
    /// # use pagewise::{Catalog, Error};
    /// # fn example(catalog: &Catalog) -> Result<(), Error> {
    /// let wanted = IndexSpec::on(Session).key(Session::TEAM_ID).key(Session::ENDED_AT).build()?;
    /// let there = catalog.indexes(Session).iter().find(|index| wanted.is_same(index));
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn is_same(&self, index: &Index) -> bool {
        self.has_shape(index)
            && self
                .pairs(index)
                .all(|(part, text, key)| is_value(part, text, key) && is_compared_alike(part, key))
            && index.has_predicate(self.predicate())
    }

    /// Whether the index does all that this one would, so that this one is not needed: it is valid, begins with the same
    /// keys (or has all of them the other way around), holds what this one holds beside them, and has at least its rows.
    ///
    /// An index of all rows covers one of some: it is larger, and serves the same statements. A unique index is covered only
    /// by one that is as unique, of the same keys and rows. One that is not a B-tree is covered only by the same.
    ///
    /// ```no_run
    /// use pagewise::chat::Trace;
    /// use pagewise::ddl::IndexSpec;
    /// # use pagewise::{Catalog, Error};
    /// # fn example(catalog: &Catalog) -> Result<(), Error> {
    /// let wanted = IndexSpec::on(Trace).key(Trace::SESSION_ID).build()?;
    /// for index in catalog.indexes(Trace).iter().filter(|index| wanted.is_covered_by(index)) {
    ///     println!("{} does it", index.name);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn is_covered_by(&self, index: &Index) -> bool {
        let node = self.node();
        if !index.is_valid || !index.is_ready || index.method != node.method.name() {
            return false;
        }
        if !node.method.is_ordered() {
            return self.is_same(index);
        }
        if node.unique {
            let is_as_unique = index.is_unique
                && index.nulls_not_distinct == node.nulls_not_distinct
                && index.keys.len() == node.keys.len()
                && index.has_predicate(self.predicate());
            if !is_as_unique {
                return false;
            }
        }
        self.begins(index) && self.is_held_by(index) && index.has_rows_of(self.predicate())
    }

    /// Whether all is the same but for expressions, conditions, operator classes and collations, and there is as much of
    /// the first two.
    pub(crate) fn has_shape(&self, index: &Index) -> bool {
        let node = self.node();
        let mut included: Vec<_> = index.included.iter().map(String::as_str).collect();
        let mut wanted = node.include.clone();
        included.sort_unstable();
        wanted.sort_unstable();
        index.method == node.method.name()
            && index.is_unique == node.unique
            && index.nulls_not_distinct == node.nulls_not_distinct
            && index.keys.len() == node.keys.len()
            && index.predicate.is_some() == self.predicate().is_some()
            && included == wanted
            && self.pairs(index).all(|(part, _, key)| {
                let is_column = match part.node {
                    Node::Column(name) => key.column.as_deref() == Some(name),
                    _ => key.column.is_none(),
                };
                is_column && (!node.method.is_ordered() || way(part, key) == Some(Way::Forward))
            })
    }

    fn pairs<'a>(
        &'a self,
        index: &'a Index,
    ) -> impl Iterator<Item = (&'a PartNode, &'a PartText, &'a IndexKey)> {
        let parts = self.node().keys.iter().zip(self.parts());
        parts
            .zip(&index.keys)
            .map(|((part, text), key)| (part, text, key))
    }

    /// Whether its first keys are these, all in one way.
    fn begins(&self, index: &Index) -> bool {
        let Some(first) = self.pairs(index).next() else {
            return false;
        };
        let one_way = way(first.0, first.2);
        index.keys.len() >= self.parts().len()
            && one_way.is_some()
            && self.pairs(index).all(|(part, text, key)| {
                is_value(part, text, key)
                    && is_compared_alike(part, key)
                    && way(part, key) == one_way
            })
    }

    /// Whether it has the columns that are beside these keys.
    fn is_held_by(&self, index: &Index) -> bool {
        self.node().include.iter().all(|name| {
            index.included.iter().any(|included| included == name)
                || index
                    .keys
                    .iter()
                    .any(|key| key.column.as_deref() == Some(name))
        })
    }
}

fn is_value(part: &PartNode, text: &PartText, key: &IndexKey) -> bool {
    match part.node {
        Node::Column(name) => key.column.as_deref() == Some(name),
        _ => key.is_text(&text.value),
    }
}

/// By the same operator class and collation, as far as their names tell.
fn is_compared_alike(part: &PartNode, key: &IndexKey) -> bool {
    is_named(
        part.operator_class.as_deref(),
        key.operator_class.as_deref(),
    ) && is_named(part.collation.as_deref(), key.collation.as_deref())
}

/// PostgreSQL prints a name with its schema where the search path does not find it, and in quotes where it must.
fn is_named(wanted: Option<&str>, printed: Option<&str>) -> bool {
    let plain = |name: &str| name.replace('"', "");
    wanted.map(plain) == printed.map(plain)
}

/// `None` if NULL is at another end than the direction has it.
fn way(part: &PartNode, key: &IndexKey) -> Option<Way> {
    if part.direction == key.direction {
        (part.nulls == key.nulls()).then_some(Way::Forward)
    } else {
        (part.nulls.reversed() == key.nulls()).then_some(Way::Backward)
    }
}
