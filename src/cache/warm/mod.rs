//! Computing results before somebody asks for them: [`Warming`].

mod report;
mod run;
mod task;
mod warming;

pub use report::{TeamWarmed, WarmOutcome, WarmReport, Warmed};
#[cfg(feature = "postgres")]
pub use task::WarmTask;
#[cfg(feature = "tokio-postgres")]
pub use task::WarmTaskAsync;
pub use warming::Warming;
