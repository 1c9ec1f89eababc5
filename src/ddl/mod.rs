//! Changes of the schema: what makes the statements of the other modules fast.

mod step;
mod text;

pub use step::Step;
