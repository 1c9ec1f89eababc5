//! One binary for all tests of this package: linking is paid once.

mod data;
mod server;
mod traps;
