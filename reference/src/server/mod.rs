//! Servers for tests: somebody's, or a throw-away one.

#[cfg(unix)]
mod account;
mod address;
#[cfg(unix)]
mod binaries;
#[cfg(unix)]
mod cluster;
#[cfg(not(unix))]
#[path = "no_cluster.rs"]
mod cluster;
mod options;
mod ownership;
mod templates;

use std::env;
use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::thread;

use postgres::Client;

pub(crate) use self::address::{Address, connect};
use self::cluster::Cluster;
pub use self::options::ServerOptions;
use self::ownership::Owner;
use self::templates::{Template, Templates};
use crate::database::{Database, drop_database};
use crate::error::Error;

/// A PostgreSQL server that databases for tests are made on.
///
/// A throw-away server lives in a folder of its own under the system's temporary folder, listens on a socket there, and
/// trusts every connection. A watchdog process stops it and removes the folder when this process ends, also when it is
/// killed. As root it runs as the user `postgres` or `nobody`, since PostgreSQL refuses to run as root.
pub struct Server {
    address: Address,
    owner: Owner,
    databases: AtomicU64,
    templates: Templates,
    /// Only held: the throw-away server goes with it.
    _cluster: Option<Cluster>,
    /// Holds the advisory lock that keeps other processes from dropping our databases on a server that stays.
    keeper: Option<Mutex<Client>>,
}

impl Server {
    /// The server of this process: that of `DATABASE_URL` if set, else a throw-away one, started by the first call.
    ///
    /// A test runner with one process per test starts one server per test; set `DATABASE_URL` there.
    ///
    /// # Errors
    ///
    /// Neither is to be had. The next call tries again.
    pub fn shared() -> Result<&'static Server, Error> {
        static SHARED: Mutex<Option<&'static Server>> = Mutex::new(None);
        let mut shared = SHARED.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(server) = *shared {
            return Ok(server);
        }
        let server = match env::var("DATABASE_URL")
            .ok()
            .filter(|url| !url.trim().is_empty())
        {
            Some(url) => Server::connect(&url)?,
            None => Server::start(&ServerOptions::default())?,
        };
        // Kept until the process ends; the watchdog does then what a destructor would.
        let server: &'static Server = Box::leak(Box::new(server));
        *shared = Some(server);
        Ok(server)
    }

    /// A throw-away server of one's own, stopped and removed when the value drops.
    ///
    /// The programs are looked for in `PAGEWISE_PG_BIN`, in the folder that `pg_config --bindir` names, and in the usual
    /// places, newest version first.
    ///
    /// # Errors
    ///
    /// The programs are not found or do not start. Only unix systems have throw-away servers.
    pub fn start(options: &ServerOptions) -> Result<Server, Error> {
        let cluster = on_own_thread(|| Cluster::start(options))?;
        let address = cluster.address().clone();
        Ok(Server::new(address, Owner::new(), Some(cluster), None))
    }

    /// A server that runs already, by the URL of one of its databases; the role needs CREATEDB.
    ///
    /// Databases that earlier processes left on it are dropped now; those of living processes are not touched.
    ///
    /// # Errors
    ///
    /// The server does not answer.
    pub fn connect(url: &str) -> Result<Server, Error> {
        let (address, owner) = (Address::given(url), Owner::new());
        let keeper = on_own_thread(|| owner.settle(&address))?;
        Ok(Server::new(address, owner, None, Some(Mutex::new(keeper))))
    }

    /// A database with the tables and the origin's indexes, and no rows.
    ///
    /// # Errors
    ///
    /// The server does not answer, is older than PostgreSQL 15, or the role may not create databases.
    pub fn database(&self) -> Result<Database, Error> {
        on_own_thread(|| self.copy(Template::Empty))
    }

    /// A database with nothing in it: what [`load`](crate::load) and [`steps`](crate::steps) want.
    ///
    /// # Errors
    ///
    /// As [`Server::database`].
    pub fn blank(&self) -> Result<Database, Error> {
        on_own_thread(|| {
            self.check_version()?;
            self.create(Template::Empty.origin())
        })
    }

    /// A database with the reference data of a scale and the origin's indexes, vacuumed and analyzed.
    ///
    /// The first call for a scale loads the data, the others copy it.
    ///
    /// # Errors
    ///
    /// As [`Server::database`], and for a scale that [`load`](crate::load) refuses.
    pub fn reference(&self, scale: f64) -> Result<Database, Error> {
        on_own_thread(|| self.copy(Template::reference(scale)))
    }

    fn new(
        address: Address,
        owner: Owner,
        cluster: Option<Cluster>,
        keeper: Option<Mutex<Client>>,
    ) -> Server {
        let templates = Templates::default();
        Server {
            address,
            owner,
            databases: AtomicU64::new(0),
            templates,
            _cluster: cluster,
            keeper,
        }
    }

    fn copy(&self, template: Template) -> Result<Database, Error> {
        let original = self.templates.get_or_make(template, || {
            self.check_version()?;
            let database = self.create(template.origin())?;
            template.fill(&mut database.client()?)?;
            Ok(database.into_name())
        })?;
        self.create(&template.copy_of(&original))
    }

    fn check_version(&self) -> Result<(), Error> {
        let row = self
            .address
            .administrate()?
            .query_one(
                "SELECT current_setting('server_version_num')::integer / 10000",
                &[],
            )
            .map_err(|source| Error::Query {
                purpose: "ask for the server's version",
                source,
            })?;
        match row.get(0) {
            15.. => Ok(()),
            version => Err(Error::Version(version)),
        }
    }

    fn create(&self, from: &str) -> Result<Database, Error> {
        let name = self
            .owner
            .database(self.databases.fetch_add(1, Ordering::Relaxed));
        self.address
            .administrate()?
            .batch_execute(&format!("CREATE DATABASE \"{name}\" {from}"))
            .map_err(|source| Error::Create {
                database: name.clone(),
                source,
            })?;
        Ok(Database::new(&self.address, name))
    }
}

impl fmt::Debug for Server {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kind = if self.keeper.is_some() {
            "running"
        } else {
            "throw-away"
        };
        formatter
            .debug_struct("Server")
            .field("kind", &kind)
            .finish_non_exhaustive()
    }
}

impl Drop for Server {
    /// Leaves no template behind on a server that stays.
    fn drop(&mut self) {
        let Some(keeper) = self.keeper.take() else {
            return;
        };
        let (address, names) = (&self.address, self.templates.names());
        let _ = on_own_thread(move || {
            for name in names {
                drop_database(address, &name)?;
            }
            drop(keeper);
            Ok(())
        });
    }
}

/// Runs blocking database work beside the caller's thread: the blocking driver must not run on a thread that belongs to
/// an asynchronous runtime, and tests of asynchronous code get and drop their databases there.
pub(crate) fn on_own_thread<T: Send>(
    work: impl FnOnce() -> Result<T, Error> + Send,
) -> Result<T, Error> {
    thread::scope(|scope| scope.spawn(work).join().unwrap_or(Err(Error::Thread)))
}
