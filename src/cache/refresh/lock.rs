//! The lock of the one who computes a result: the statement.

use sha2::{Digest, Sha256};

use crate::statement::Command;

/// One row: whether the lock was free, and is held from now on until the transaction's end.
///
/// It does not wait: who waits within a statement keeps a snapshot, for which VACUUM and builds of indexes would wait in turn.
/// Being the transaction's, it works where each transaction may have another session of the server, and is left behind by
/// nobody.
const TEXT: &str = "SELECT pg_try_advisory_xact_lock($1) AS is_mine";

/// Advisory locks are of the whole database, also of a host's own: so it is of a digest that has our name in it.
pub(super) fn statement(team: i64, key: &str) -> Command {
    Command::new(TEXT, vec![number(team, key).into()])
}

fn number(team: i64, key: &str) -> i64 {
    let digest = Sha256::new()
        .chain_update(b"pagewise_cache")
        .chain_update(team.to_be_bytes())
        .chain_update(key)
        .finalize();
    let mut first = [0; 8];
    first.copy_from_slice(&digest[..8]);
    i64::from_be_bytes(first)
}

#[cfg(test)]
mod tests {
    use super::number;

    #[test]
    fn each_result_of_each_team_has_its_own() {
        assert_eq!(number(1, "overview"), number(1, "overview"));
        assert_ne!(number(1, "overview"), number(2, "overview"));
        assert_ne!(number(1, "overview"), number(1, "trends"));
    }
}
