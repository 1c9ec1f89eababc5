//! Plans: asked for, read, and checked.

mod advice;
mod checks;
mod explain;
mod reading;
mod support;
mod usage;
