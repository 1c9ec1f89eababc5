//! Who the server runs as.

use std::fs;
use std::io;
use std::os::unix::fs::{MetadataExt, chown};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::Command;

/// A user to run the server as, because PostgreSQL refuses to run as root.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Account {
    user: u32,
    group: u32,
}

impl Account {
    /// Another account where we are root, which the owner of a folder of ours tells. `postgres` or `nobody`.
    pub(super) fn instead_of_root(our_folder: &Path) -> io::Result<Option<Account>> {
        if fs::metadata(our_folder)?.uid() != 0 {
            return Ok(None);
        }
        let accounts = fs::read_to_string("/etc/passwd").unwrap_or_default();
        let nobody = Account {
            user: 65534,
            group: 65534,
        };
        Ok(Some(
            named(&accounts, "postgres")
                .or_else(|| named(&accounts, "nobody"))
                .unwrap_or(nobody),
        ))
    }

    pub(super) fn take_over(self, folder: &Path) -> io::Result<()> {
        chown(folder, Some(self.user), Some(self.group))
    }

    pub(super) fn run(self, command: &mut Command) {
        command.uid(self.user).gid(self.group);
    }
}

fn named(accounts: &str, name: &str) -> Option<Account> {
    accounts.lines().find_map(|line| {
        let mut fields = line.split(':');
        if fields.next()? != name {
            return None;
        }
        Some(Account {
            user: fields.nth(1)?.parse().ok()?,
            group: fields.next()?.parse().ok()?,
        })
    })
}

#[cfg(test)]
mod tests {
    use super::{Account, named};

    #[test]
    fn accounts_are_found_by_their_whole_name() {
        let file = "root:x:0:0:root:/root:/bin/sh\npostgres2:x:9:9::/:\npostgres:x:101:104::/var:/bin/sh\n";
        assert_eq!(
            named(file, "postgres"),
            Some(Account {
                user: 101,
                group: 104
            })
        );
        assert_eq!(named(file, "nobody"), None);
    }
}
