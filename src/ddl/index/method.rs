//! How an index is stored: [`IndexMethod`].

use std::fmt;

/// How an index is stored, and so what it finds (`USING ..`).
///
/// ```
/// use pagewise::ddl::IndexMethod;
///
/// assert_eq!(IndexMethod::default().to_string(), "btree");
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum IndexMethod {
    /// Sorted: what is equal, within a range, in an order. The only one that can be unique.
    #[default]
    Btree,
    /// By hash: what is equal.
    Hash,
    /// What values consist of: elements of arrays, groups of three characters of a text (`gin_trgm_ops`).
    Gin,
    /// By likeness or place, as the operator class has it.
    Gist,
    /// A summary of each range of blocks: for values that lie in the order of the table, such as times of arrival.
    Brin,
}

impl IndexMethod {
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Btree => "btree",
            Self::Hash => "hash",
            Self::Gin => "gin",
            Self::Gist => "gist",
            Self::Brin => "brin",
        }
    }

    /// Whether its keys have a direction.
    pub(crate) const fn is_ordered(self) -> bool {
        matches!(self, Self::Btree)
    }
}

impl fmt::Display for IndexMethod {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
