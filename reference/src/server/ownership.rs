//! Which databases on somebody else's server are ours, and which a dead process of ours has left there.

use std::process;
use std::time::{SystemTime, UNIX_EPOCH};

use postgres::Client;

use super::address::Address;
use crate::error::Error;

/// Every database made here is called `pagewise_<owner in hexadecimal>_<number>`.
const PREFIX: &str = "pagewise_";

/// A process's mark in the names of its databases. On a server that outlives the process it also holds an advisory
/// lock on that mark: databases whose mark is not locked belong to nobody any more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Owner(i64);

impl Owner {
    /// Unique by time and process.
    pub(super) fn new() -> Owner {
        let since_epoch = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .unwrap_or_default();
        let time = i64::try_from(since_epoch.as_micros()).unwrap_or_default();
        // The process goes to the low bits of the time, where two processes started together do not differ.
        Owner((time << 8) ^ i64::from(process::id()) & i64::MAX)
    }

    pub(super) fn database(self, number: u64) -> String {
        format!("{PREFIX}{:x}_{number}", self.0)
    }

    fn of(database: &str) -> Option<Owner> {
        let (owner, number) = database.strip_prefix(PREFIX)?.split_once('_')?;
        number.parse::<u64>().ok()?;
        i64::from_str_radix(owner, 16).ok().map(Owner)
    }

    /// Takes the lock and drops what dead processes left. The lock lasts as long as the returned connection.
    pub(super) fn settle(self, address: &Address) -> Result<Client, Error> {
        let mut client = address.administrate()?;
        let failed = |source| Error::Query {
            purpose: "settle on the server of DATABASE_URL",
            source,
        };
        client
            .execute("SELECT pg_advisory_lock($1)", &[&self.0])
            .map_err(failed)?;
        // pg_locks shows the advisory locks of every database of the server, in two halves.
        let abandoned = client
            .query(
                "SELECT datname::text FROM pg_database WHERE datname LIKE 'pagewise\\_%'",
                &[],
            )
            .map_err(failed)?;
        let living: Vec<i64> = client
            .query_one(
                "SELECT coalesce(array_agg((classid::bigint << 32) | objid::bigint), '{}') FROM pg_locks \
                 WHERE locktype = 'advisory' AND objsubid = 1 AND granted",
                &[],
            )
            .map_err(failed)?
            .get(0);
        for row in abandoned {
            let name: String = row.get(0);
            if Owner::of(&name).is_some_and(|owner| !living.contains(&owner.0)) {
                // Best effort: it may be another role's, or somebody else may drop it now.
                let _ = client.batch_execute(&format!("DROP DATABASE IF EXISTS \"{name}\""));
            }
        }
        Ok(client)
    }
}

#[cfg(test)]
mod tests {
    use super::Owner;

    #[test]
    fn a_name_tells_its_owner() {
        let owner = Owner::new();
        assert_eq!(Owner::of(&owner.database(7)), Some(owner));
        for foreign in [
            "pagewise",
            "pagewise_",
            "pagewise_production",
            "pagewise_12_x",
            "other_12_3",
        ] {
            assert_eq!(Owner::of(foreign), None, "{foreign}");
        }
    }
}
