//! Changes of the schema: what makes the statements of the other modules fast.

pub(crate) mod counter;
pub(crate) mod index;
pub mod materialized_view;
mod migration;
mod step;
pub(crate) mod text;

pub use counter::{Counter, CounterDeclaration, Drift};
pub use index::{CreateIndex, DropIndex, IndexDefinition, IndexMethod, IndexPart, IndexSpec};
pub use migration::{
    IndexProgress, Migration, MigrationError, MigrationReport, Outcome, RunOptions, StepReport,
    StepSql,
};
pub use step::Step;
