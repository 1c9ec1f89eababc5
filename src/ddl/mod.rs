//! Changes of the schema: what makes the statements of the other modules fast.

pub(crate) mod counter;
mod step;
mod text;

pub use counter::{Counter, CounterDeclaration, Drift};
pub use step::Step;
