//! A throw-away server: its folder, its process, and the watchdog that removes both.

use std::env;
use std::fs::{self, DirBuilder, File};
use std::io;
use std::net::TcpListener;
use std::os::unix::fs::DirBuilderExt;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{self, Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use super::account::Account;
use super::address::Address;
use super::binaries::Binaries;
use super::options::ServerOptions;
use crate::error::Error;

/// The port only names the socket's file: the folder is ours alone.
const SOCKET_PORT: u16 = 5432;
/// A socket's path holds about 100 bytes, and its file name needs 20 of them.
const LONGEST_FOLDER: usize = 80;
const PATIENCE: Duration = Duration::from_secs(60);

pub(super) struct Cluster {
    folder: PathBuf,
    address: Address,
    watchdog: Child,
    server: Option<Child>,
}

impl Cluster {
    pub(super) fn start(options: &ServerOptions) -> Result<Cluster, Error> {
        let binaries = Binaries::find()?;
        let folder = new_folder()?;
        // From here on the watchdog cleans up, also when this function fails.
        let watchdog = watch(&folder)?;
        let by_port = options.wants_loopback() || folder.as_os_str().len() > LONGEST_FOLDER;
        let (address, listening) = listening(&folder, by_port)?;
        let mut cluster = Cluster {
            folder,
            address,
            watchdog,
            server: None,
        };
        let account = cluster.prepare_folder()?;
        cluster.initialize(&binaries, account)?;
        cluster.launch(&binaries, account, listening, options)?;
        cluster.await_ready()?;
        Ok(cluster)
    }

    pub(super) fn address(&self) -> &Address {
        &self.address
    }

    fn data(&self) -> PathBuf {
        self.folder.join("data")
    }

    fn log(&self) -> PathBuf {
        self.folder.join("log")
    }

    fn prepare_folder(&self) -> Result<Option<Account>, Error> {
        let failed = |source| Error::File {
            action: "hand over",
            path: self.folder.clone(),
            source,
        };
        let account = Account::instead_of_root(&self.folder).map_err(failed)?;
        if let Some(account) = account {
            account.take_over(&self.folder).map_err(failed)?;
        }
        Ok(account)
    }

    /// `C.UTF-8` knows the letters beyond ASCII and sorts by code point; where it does not exist, `C` must do.
    fn initialize(&self, binaries: &Binaries, account: Option<Account>) -> Result<(), Error> {
        let mut reason = String::new();
        for locale in ["C.UTF-8", "C"] {
            let mut command = self.command(binaries.initdb(), account)?;
            command.args([
                "--username=postgres",
                "--auth=trust",
                "--encoding=UTF8",
                "--no-sync",
            ]);
            command
                .arg(format!("--locale={locale}"))
                .arg("-D")
                .arg(self.data());
            let status = command.status().map_err(|source| Error::Program {
                program: binaries.initdb(),
                source,
            })?;
            if status.success() {
                return Ok(());
            }
            reason = self.last_words();
            // initdb removes what it began, unless it was killed.
            let _ = fs::remove_dir_all(self.data());
        }
        Err(Error::Start { reason })
    }

    fn launch(
        &mut self,
        binaries: &Binaries,
        account: Option<Account>,
        listening: Vec<String>,
        options: &ServerOptions,
    ) -> Result<(), Error> {
        let mut command = self.command(binaries.postgres(), account)?;
        // A group of its own: an interrupt at the keyboard must not reach it before the watchdog does its work.
        command
            .process_group(0)
            .arg("-D")
            .arg(self.data())
            .args(listening);
        for (name, value) in options.settings() {
            command.arg("-c").arg(format!("{name}={value}"));
        }
        let server = command.spawn().map_err(|source| Error::Program {
            program: binaries.postgres(),
            source,
        })?;
        self.server = Some(server);
        Ok(())
    }

    fn await_ready(&mut self) -> Result<(), Error> {
        let deadline = Instant::now() + PATIENCE;
        loop {
            let error = match self.address.administrate() {
                Ok(_) => return Ok(()),
                Err(error) => error,
            };
            let has_ended = match &mut self.server {
                Some(server) => !matches!(server.try_wait(), Ok(None)),
                None => true,
            };
            if has_ended {
                return Err(Error::Start {
                    reason: self.last_words(),
                });
            }
            if Instant::now() > deadline {
                return Err(error);
            }
            thread::sleep(Duration::from_millis(20));
        }
    }

    /// A program of the server: as the right user, in the server's folder, writing to its log, and free of settings
    /// that are meant for the clients of another server.
    fn command(&self, program: PathBuf, account: Option<Account>) -> Result<Command, Error> {
        let failed = |source| Error::File {
            action: "write to",
            path: self.log(),
            source,
        };
        let log = File::options()
            .create(true)
            .append(true)
            .open(self.log())
            .map_err(failed)?;
        let copy = log.try_clone().map_err(failed)?;
        let mut command = Command::new(program);
        command
            .current_dir(&self.folder)
            .stdin(Stdio::null())
            .stdout(log)
            .stderr(copy)
            .env("LC_ALL", "C");
        for (name, _) in env::vars_os() {
            if name.to_string_lossy().starts_with("PG") {
                command.env_remove(name);
            }
        }
        if let Some(account) = account {
            account.run(&mut command);
        }
        Ok(command)
    }

    fn last_words(&self) -> String {
        let log = fs::read_to_string(self.log()).unwrap_or_default();
        let lines: Vec<&str> = log
            .lines()
            .map(str::trim)
            .filter(|line| !line.is_empty())
            .collect();
        lines[lines.len().saturating_sub(3)..].join("; ")
    }
}

impl Drop for Cluster {
    /// Closes the watchdog's pipe and waits until it has stopped the server and removed the folder.
    fn drop(&mut self) {
        drop(self.watchdog.stdin.take());
        let _ = self.watchdog.wait();
        if let Some(server) = &mut self.server {
            let _ = server.wait();
        }
    }
}

/// A folder for one server. Root's own temporary folder may be closed to the user that the server runs as, and some
/// temporary folders are too deep for a socket; `/tmp` is neither.
fn new_folder() -> Result<PathBuf, Error> {
    let since_epoch = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    let name = format!("pagewise-{}-{}", process::id(), since_epoch.as_nanos());
    let is_root =
        fs::metadata("/proc/self").is_ok_and(|own| std::os::unix::fs::MetadataExt::uid(&own) == 0);
    let mut parent = env::temp_dir();
    if (is_root || parent.as_os_str().len() + name.len() + 1 > LONGEST_FOLDER)
        && Path::new("/tmp").is_dir()
    {
        parent = PathBuf::from("/tmp");
    }
    let folder = parent.join(name);
    DirBuilder::new()
        .mode(0o700)
        .create(&folder)
        .map_err(|source| Error::File {
            action: "create",
            path: folder.clone(),
            source,
        })?;
    Ok(folder)
}

/// The watchdog's pipe is closed by the system when this process ends, whatever ends it.
fn watch(folder: &Path) -> Result<Child, Error> {
    Command::new("sh")
        .args(["-c", include_str!("watchdog.sh"), "pagewise-watchdog"])
        .arg(folder)
        .current_dir("/")
        .process_group(0)
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .map_err(|source| {
            let _ = fs::remove_dir(folder);
            Error::Program {
                program: PathBuf::from("sh"),
                source,
            }
        })
}

/// Where the server listens, and the arguments that tell it so.
fn listening(folder: &Path, by_port: bool) -> Result<(Address, Vec<String>), Error> {
    let setting = |text: String| ["-c".to_owned(), text];
    if !by_port {
        let settings = [
            setting(format!("unix_socket_directories={}", folder.display())),
            setting("listen_addresses=".to_owned()),
            setting(format!("port={SOCKET_PORT}")),
        ];
        return Ok((Address::socket(folder, SOCKET_PORT), settings.concat()));
    }
    let port = free_port().map_err(|source| Error::File {
        action: "find a port for",
        path: folder.to_owned(),
        source,
    })?;
    let settings = [
        setting("unix_socket_directories=".to_owned()),
        setting("listen_addresses=127.0.0.1".to_owned()),
        setting(format!("port={port}")),
    ];
    Ok((Address::loopback(port), settings.concat()))
}

/// A port that was free a moment ago.
fn free_port() -> io::Result<u16> {
    Ok(TcpListener::bind(("127.0.0.1", 0))?.local_addr()?.port())
}
