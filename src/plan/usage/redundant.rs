//! Indexes that another one makes needless: [`redundant_indexes`].

use crate::catalog::{Catalog, Index, IndexKey};

/// An index that another one of its table does the work of.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct RedundantIndex {
    /// The schema of both.
    pub schema: String,
    /// The index that is not needed.
    pub name: String,
    /// The one that does its work.
    pub by: String,
    /// Whether the two are the same; else the other one begins with the keys of this one, and is larger.
    pub is_duplicate: bool,
}

/// The indexes of the catalog's tables that another one makes needless: with the same keys, or with more after them, and with
/// the same rows. Never one that is unique or of a constraint, unless the other is as unique. Of two that are the same, the
/// one whose name comes later is told, and one that is of a constraint stays.
///
/// An index that a wider one begins with is smaller, and so somewhat faster: dropping it saves what it costs to write.
///
/// ```no_run
/// use pagewise::plan::redundant_indexes;
/// use pagewise::{Catalog, chat};
///
/// # fn example(client: &mut postgres::Client) -> Result<(), pagewise::Error> {
/// let catalog = Catalog::read(client, &chat::filter_tables())?;
/// for index in redundant_indexes(&catalog) {
///     println!("{} does what {} does", index.by, index.name);
/// }
/// # Ok(())
/// # }
/// ```
#[must_use]
pub fn redundant_indexes(catalog: &Catalog) -> Vec<RedundantIndex> {
    let mut redundant = Vec::new();
    for indexes in catalog.indexes_by_table() {
        for index in indexes {
            let others = indexes.iter().filter(|other| other.name != index.name);
            let by = others
                .filter(|other| is_served(index, other))
                .min_by_key(|other| other.keys.len());
            redundant.extend(by.map(|by| RedundantIndex {
                schema: index.schema.clone(),
                name: index.name.clone(),
                by: by.name.clone(),
                is_duplicate: is_same(index, by),
            }));
        }
    }
    redundant
}

/// Whether the other one does all that this one does, and this one may go.
fn is_served(index: &Index, other: &Index) -> bool {
    let is_usable = other.is_valid && other.is_ready && other.method == index.method;
    if index.is_constraint() || !is_usable || index.predicate != other.predicate {
        return false;
    }
    if is_same(index, other) {
        // One of the two stays.
        return other.is_constraint() || other.name < index.name;
    }
    let has_included = |name: &String| {
        other.included.contains(name)
            || other
                .keys
                .iter()
                .any(|key| key.column.as_ref() == Some(name))
    };
    !index.is_unique
        && index.method == "btree"
        && begins(&other.keys, &index.keys)
        && index.included.iter().all(has_included)
}

fn is_same(index: &Index, other: &Index) -> bool {
    index.method == other.method
        && index.is_unique == other.is_unique
        && index.nulls_not_distinct == other.nulls_not_distinct
        && index.predicate == other.predicate
        && index.included == other.included
        && index.keys.len() == other.keys.len()
        && begins(&other.keys, &index.keys)
}

/// Whether the keys begin with those, all in the same direction or all in the other.
fn begins(keys: &[IndexKey], with: &[IndexKey]) -> bool {
    let is_value = |(key, with): (&IndexKey, &IndexKey)| {
        key.column == with.column
            && key.text == with.text
            && key.operator_class == with.operator_class
            && key.collation == with.collation
    };
    let is_forward = |(key, with): (&IndexKey, &IndexKey)| {
        key.direction == with.direction && key.nulls_first == with.nulls_first
    };
    let is_backward = |(key, with): (&IndexKey, &IndexKey)| {
        key.direction != with.direction && key.nulls_first != with.nulls_first
    };
    let pairs = || keys.iter().zip(with);
    keys.len() >= with.len()
        && pairs().all(is_value)
        && (pairs().all(is_forward) || pairs().all(is_backward))
}
