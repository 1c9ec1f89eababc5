//! Where the server's programs are.

use std::cmp::Reverse;
use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::error::Error;

/// Folders that hold one version each; `*` stands for the version.
const VERSIONED: [(&str, &str, &str); 5] = [
    ("/usr/lib/postgresql", "", "bin"),
    ("/usr", "pgsql-", "bin"),
    ("/opt/homebrew/opt", "postgresql@", "bin"),
    ("/usr/local/opt", "postgresql@", "bin"),
    ("/Applications/Postgres.app/Contents/Versions", "", "bin"),
];

/// Folders without a version in their name.
const PLAIN: [&str; 5] = [
    "/usr/local/pgsql/bin",
    "/usr/local/bin",
    "/usr/bin",
    "/opt/homebrew/bin",
    "/opt/homebrew/opt/postgresql/bin",
];

/// A folder with both `initdb` and `postgres`.
#[derive(Debug, Clone)]
pub(super) struct Binaries {
    folder: PathBuf,
}

impl Binaries {
    /// `PAGEWISE_PG_BIN` if set, else what `pg_config` says, else the usual places, newest version first.
    pub(super) fn find() -> Result<Binaries, Error> {
        if let Some(folder) = env::var_os("PAGEWISE_PG_BIN")
            .filter(|value| !value.is_empty())
            .map(PathBuf::from)
        {
            return complete(&folder).ok_or(Error::NoBinaries(folder));
        }
        configured()
            .into_iter()
            .chain(usual_places())
            .find_map(|folder| complete(&folder))
            .ok_or(Error::NoServer)
    }

    pub(super) fn initdb(&self) -> PathBuf {
        self.folder.join("initdb")
    }

    pub(super) fn postgres(&self) -> PathBuf {
        self.folder.join("postgres")
    }
}

fn complete(folder: &Path) -> Option<Binaries> {
    let is_complete = ["initdb", "postgres"]
        .iter()
        .all(|program| folder.join(program).is_file());
    is_complete.then(|| Binaries {
        folder: folder.to_owned(),
    })
}

fn configured() -> Option<PathBuf> {
    let output = Command::new("pg_config")
        .arg("--bindir")
        .stdin(Stdio::null())
        .stderr(Stdio::null())
        .output()
        .ok()?;
    let folder = String::from_utf8(output.stdout).ok()?;
    Some(PathBuf::from(folder.trim())).filter(|_| output.status.success())
}

fn usual_places() -> Vec<PathBuf> {
    let mut versioned: Vec<(u32, PathBuf)> = VERSIONED
        .iter()
        .flat_map(|(parent, prefix, below)| {
            let entries = fs::read_dir(parent).into_iter().flatten().flatten();
            entries.filter_map(move |entry| {
                let name = entry.file_name();
                let version = major_version(name.to_str()?.strip_prefix(prefix)?)?;
                Some((version, entry.path().join(below)))
            })
        })
        .collect();
    versioned.sort_by_key(|(version, _)| Reverse(*version));
    let plain = PLAIN.iter().map(PathBuf::from);
    versioned
        .into_iter()
        .map(|(_, folder)| folder)
        .chain(plain)
        .collect()
}

/// `17`, `9.6` and the like; the whole text must begin with a number.
fn major_version(text: &str) -> Option<u32> {
    text.split('.').next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::major_version;

    #[test]
    fn versions_begin_with_a_number() {
        assert_eq!(major_version("17"), Some(17));
        assert_eq!(major_version("9.6"), Some(9));
        assert_eq!(major_version("latest"), None);
    }
}
