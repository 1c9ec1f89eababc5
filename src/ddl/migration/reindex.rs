//! Makes an index anew, and leaves nothing behind: [`Runner::reindex`].

use std::time::Instant;

use super::lost;
use super::runner::{Attempts, LITTLE, Runner};
use crate::driver::session::Session;
use crate::error::Error;
use crate::render::NAME_BYTES;

/// What the server appends to the name of an index for the new one and for the old one; with a number if that is taken.
const NEW: &str = "_ccnew";
const OLD: &str = "_ccold";

/// The transactions that have a lock on the table. All of them are waited for before the old index goes. What has this one
/// mode is waited for before anything is made.
const HOLDERS: &str = "SELECT DISTINCT lock.virtualtransaction FROM pg_catalog.pg_locks AS lock \
    JOIN pg_catalog.pg_index AS index ON index.indrelid = lock.relation \
    WHERE index.indexrelid = to_regclass($1) AND lock.locktype = 'relation' AND lock.granted \
    AND lock.database = (SELECT oid FROM pg_catalog.pg_database WHERE datname = current_database()) \
    AND lock.mode <> 'ShareUpdateExclusiveLock' AND lock.pid IS DISTINCT FROM pg_backend_pid()";

/// The INVALID indexes of its table that nobody is building, as far as this role sees; of a partitioned one, those of its
/// partitions. Each beside the index that it may be left of.
const INVALID: &str = "SELECT own.relname::text, relation.relname::text, relation.oid, \
    format('%I.%I', namespace.nspname, relation.relname) \
    FROM (SELECT to_regclass($1)::oid AS oid UNION SELECT relid::oid FROM pg_partition_tree(to_regclass($1))) AS made \
    JOIN pg_catalog.pg_class AS own ON own.oid = made.oid \
    JOIN pg_catalog.pg_index AS of_own ON of_own.indexrelid = own.oid \
    JOIN pg_catalog.pg_index AS index ON index.indrelid = of_own.indrelid AND NOT index.indisvalid \
    JOIN pg_catalog.pg_class AS relation ON relation.oid = index.indexrelid AND relation.relkind = 'i' \
    JOIN pg_catalog.pg_namespace AS namespace ON namespace.oid = relation.relnamespace \
    WHERE NOT EXISTS (SELECT FROM pg_catalog.pg_stat_progress_create_index AS progress \
    WHERE progress.datid = (SELECT oid FROM pg_catalog.pg_database WHERE datname = current_database()) \
    AND progress.pid <> pg_backend_pid() \
    AND (progress.index_relid IS NULL OR progress.index_relid = relation.oid)) \
    ORDER BY relation.relname";

/// An index that was left behind.
#[derive(PartialEq)]
struct Leftover {
    id: u32,
    /// Its schema and its name, as they are written.
    name: String,
    /// Whether the new one had taken its place.
    is_old: bool,
}

impl<S: Session> Runner<'_, S> {
    /// Makes the index anew, which is tried again if it has to give way. Each time, what an earlier attempt left is dropped
    /// before: nobody reads it, and who writes may have to write to it.
    pub(super) async fn reindex(
        &mut self,
        run: &str,
        index: &str,
        attempts: &mut Attempts<'_>,
    ) -> Result<(), Error> {
        let mut is_made = false;
        loop {
            let gave_way = match self.reindex_once(run, index, &mut is_made, attempts).await {
                Ok(true) => return Ok(()),
                Ok(false) => self.give_way(attempts).await,
                Err(error) => Err(error),
            };
            if let Err(error) = gave_way {
                // It has failed already, and says why. What cannot be dropped now the next run drops.
                let _ = self.drop_leftovers(index, attempts).await;
                return Err(error);
            }
        }
    }

    /// `false` if it had to give way.
    async fn reindex_once(
        &mut self,
        run: &str,
        index: &str,
        is_made: &mut bool,
        attempts: &Attempts<'_>,
    ) -> Result<bool, Error> {
        if !self.drop_leftovers(index, attempts).await? {
            return Ok(false);
        }
        if *is_made {
            return Ok(true);
        }
        if !self.is_free(index, attempts).await? {
            return Ok(false);
        }
        match self.session.run(run, &[]).await {
            Ok(_) => Ok(true),
            Err(error) if lost::is_lost(&error) => {
                // There was none before, so it is done but for the old one.
                *is_made = self.leftovers(index).await?.iter().any(|left| left.is_old);
                Ok(false)
            }
            Err(error) => Err(attempts.refused(error)),
        }
    }

    /// Waits for those who have the table to end their transactions. The server would wait for them, too, but only when it
    /// has made something that is left if they take too long.
    async fn is_free(&mut self, index: &str, attempts: &Attempts<'_>) -> Result<bool, Error> {
        let begun = Instant::now();
        let mut before = self.holders(index).await?;
        while !before.is_empty() {
            if !attempts.timeout.is_zero() && begun.elapsed() >= attempts.timeout {
                return Ok(false);
            }
            self.sleep(LITTLE).await?;
            let now = self.holders(index).await?;
            before.retain(|holder| now.contains(holder));
        }
        Ok(true)
    }

    async fn holders(&mut self, index: &str) -> Result<Vec<String>, Error> {
        let rows = self.query(HOLDERS, &[index.into()]).await?;
        rows.iter().map(|row| Ok(row.try_get(0)?)).collect()
    }

    /// `false` if it had to give way.
    async fn drop_leftovers(
        &mut self,
        index: &str,
        attempts: &Attempts<'_>,
    ) -> Result<bool, Error> {
        let mut leftovers = self.leftovers(index).await?;
        if leftovers.is_empty() {
            return Ok(true);
        }
        // A build that ends between the look at the indexes and that at the builders leaves an index that seems to be
        // nobody's, and is valid when it is looked at again.
        let again = self.leftovers(index).await?;
        leftovers.retain(|leftover| again.contains(leftover));
        for leftover in leftovers {
            let text = format!("DROP INDEX CONCURRENTLY IF EXISTS {}", leftover.name);
            match self.session.run(&text, &[]).await {
                Ok(_) => {}
                Err(error) if lost::is_lost(&error) => return Ok(false),
                Err(error) => return Err(attempts.refused(error)),
            }
        }
        Ok(true)
    }

    async fn leftovers(&mut self, index: &str) -> Result<Vec<Leftover>, Error> {
        let mut leftovers = Vec::new();
        for row in self.query(INVALID, &[index.into()]).await? {
            let (own, invalid): (String, String) = (row.try_get(0)?, row.try_get(1)?);
            let is_old = is_left_of(&own, OLD, &invalid);
            if is_old || is_left_of(&own, NEW, &invalid) {
                leftovers.push(Leftover {
                    id: row.try_get(2)?,
                    name: row.try_get(3)?,
                    is_old,
                });
            }
        }
        Ok(leftovers)
    }
}

/// Whether the server makes the other name of this one, which it cuts off where there is no room for what it appends.
fn is_left_of(own: &str, appended: &str, other: &str) -> bool {
    let end = other.trim_end_matches(|letter: char| letter.is_ascii_digit());
    let Some(begin) = end.strip_suffix(appended) else {
        return false;
    };
    let number = &other[end.len()..];
    let room = NAME_BYTES.saturating_sub(appended.len() + number.len());
    let mut kept = own.len().min(room);
    while !own.is_char_boundary(kept) {
        kept -= 1;
    }
    !number.starts_with('0') && own.get(..kept) == Some(begin)
}

#[cfg(test)]
mod tests {
    use super::{NEW, OLD, is_left_of};

    #[test]
    fn names_that_the_server_makes() {
        for number in ["", "1", "27"] {
            assert!(is_left_of(
                "by_team",
                NEW,
                &format!("by_team_ccnew{number}")
            ));
            assert!(is_left_of(
                "by_team",
                OLD,
                &format!("by_team_ccold{number}")
            ));
        }
        for other in [
            "by_team",
            "by_team_ccnew_idx",
            "by_team_ccnew01",
            "by_team_ccold",
            "by_team1_ccnew",
            "by_tea_ccnew",
            "_ccnew",
            "",
        ] {
            assert!(!is_left_of("by_team", NEW, other), "{other}");
        }
        // 63 bytes, of which two are one letter.
        let long = format!("{}é{}", "a".repeat(55), "b".repeat(6));
        assert!(is_left_of(
            &long,
            NEW,
            &format!("{}é_ccnew", "a".repeat(55))
        ));
        assert!(is_left_of(
            &long,
            NEW,
            &format!("{}_ccnew1", "a".repeat(55))
        ));
        assert!(!is_left_of(
            &long,
            NEW,
            &format!("{}_ccnew", "a".repeat(55))
        ));
        assert!(!is_left_of("", NEW, &"1".repeat(200)));
    }
}
