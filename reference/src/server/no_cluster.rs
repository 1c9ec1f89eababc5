//! Systems without unix processes have no throw-away servers: set `DATABASE_URL`.

use super::address::Address;
use super::options::ServerOptions;
use crate::error::Error;

/// Cannot be made here.
pub(super) enum Cluster {}

impl Cluster {
    pub(super) fn start(_: &ServerOptions) -> Result<Cluster, Error> {
        Err(Error::NoServer)
    }

    pub(super) fn address(&self) -> &Address {
        match *self {}
    }
}
