//! Changes of the schema: what makes the statements of the other modules fast.

pub(crate) mod index;
mod migration;
mod step;
mod text;

pub use index::{CreateIndex, DropIndex, IndexDefinition, IndexMethod, IndexPart, IndexSpec};
pub use migration::{
    IndexProgress, Migration, MigrationError, MigrationReport, Outcome, RunOptions, StepReport,
    StepSql,
};
pub use step::Step;
