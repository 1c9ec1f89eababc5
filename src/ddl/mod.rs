//! Changes of the schema: what makes the statements of the other modules fast.

pub mod materialized_view;
mod step;
mod text;

pub use step::Step;
