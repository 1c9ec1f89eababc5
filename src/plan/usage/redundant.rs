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
/// the same rows. Never one that is unique or of a constraint, unless the other is as unique. Of two that do the same, the
/// one whose name comes later is told, and one that is of a constraint stays, as does the only one that is valid.
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
    if index.is_constraint() || !serves(other, index) {
        return false;
    }
    // Of two of which each does the other's work, one stays.
    !serves(index, other) || other.is_constraint() || other.name < index.name
}

/// Whether it does all that the other one does.
fn serves(index: &Index, other: &Index) -> bool {
    let is_usable = index.is_valid && index.is_ready && index.method == other.method;
    if !is_usable || index.predicate != other.predicate {
        return false;
    }
    if is_same(index, other) {
        return true;
    }
    let has_included = |name: &String| {
        index.included.contains(name)
            || index
                .keys
                .iter()
                .any(|key| key.column.as_ref() == Some(name))
    };
    !other.is_unique
        && other.method == "btree"
        && begins(&index.keys, &other.keys)
        && other.included.iter().all(has_included)
}

fn is_same(index: &Index, other: &Index) -> bool {
    index.method == other.method
        && index.is_unique == other.is_unique
        && index.nulls_not_distinct == other.nulls_not_distinct
        && index.predicate == other.predicate
        && sorted(&index.included) == sorted(&other.included)
        && index.keys.len() == other.keys.len()
        && begins(&other.keys, &index.keys)
}

/// In which order the columns stand beside the keys is of no matter.
fn sorted(included: &[String]) -> Vec<&str> {
    let mut sorted: Vec<_> = included.iter().map(String::as_str).collect();
    sorted.sort_unstable();
    sorted
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
