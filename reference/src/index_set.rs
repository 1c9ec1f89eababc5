//! The sets of indexes that plans are compared under.

use crate::schema::statements;

/// A set of indexes, made after the data is loaded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum IndexSet {
    /// What Open Chat Studio has today, with its unique constraints. [`load`](crate::load) makes these.
    Origin,
    /// What its design document proposes on top and never adopted in this form. Nothing makes these unasked.
    Seed,
}

/// The statements that make a set of indexes, one each, in an order that keeps the indexes of a table together.
///
/// # Example
///
/// ```
/// use pagewise_reference::{IndexSet, indexes};
///
/// let proposed = indexes(IndexSet::Seed);
/// assert!(proposed.contains(
///     &"CREATE INDEX idx_session_team_created ON experiments_experimentsession (team_id, created_at);"
/// ));
/// ```
pub fn indexes(set: IndexSet) -> Vec<&'static str> {
    statements(match set {
        IndexSet::Origin => include_str!("indexes/origin.sql"),
        IndexSet::Seed => include_str!("indexes/seed.sql"),
    })
}

/// The table that a statement of an index set is about.
pub(crate) fn table_of(statement: &'static str) -> Option<&'static str> {
    let mut words = statement.split(' ');
    match words.next()? {
        "ALTER" => words.nth(1),
        _ => words.skip_while(|word| *word != "ON").nth(1),
    }
}

#[cfg(test)]
mod tests {
    use super::{IndexSet, indexes, table_of};
    use crate::TABLES;

    #[test]
    fn every_statement_is_about_a_known_table() {
        for statement in indexes(IndexSet::Origin)
            .into_iter()
            .chain(indexes(IndexSet::Seed))
        {
            assert!(
                TABLES.contains(&table_of(statement).unwrap()),
                "{statement}"
            );
        }
    }
}
