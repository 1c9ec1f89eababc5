//! The laws of `pagewise`, each as a property of random requests on random data.
//!
//! Every law runs a number of worlds with a few requests each. `PROPTEST_CASES` sets how many worlds,
//! `PROPTEST_RNG_SEED` which.

mod bound;
mod branches;
mod changes;
mod cursors;
mod decisions;
mod few_texts;
mod forms;
mod harness;
mod looks;
mod matches;
mod no_fan_out;
mod one_row;
mod one_statement;
mod only_shown;
mod order_forms;
mod partition;
mod pipeline;
mod same_rows;
mod sql;
mod tenant;
mod total_order;
mod walk;
mod zero;

pub use forms::FORMS;
pub use harness::{Connection, Law, Of, Outcome, check, context, failed, law};
pub use one_statement::Counting;
pub use sql::{Parsed, deep, last_part};
pub use tenant::{check as is_bound, unbound as without_bindings};
