//! Plans: asked for, read, and checked.

mod checks;
mod explain;
mod reading;
mod support;
