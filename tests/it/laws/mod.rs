//! The laws of `pagewise`, each as a property of random requests on random data.
//!
//! Every law runs a number of worlds with a few requests each. `PROPTEST_CASES` sets how many worlds,
//! `PROPTEST_RNG_SEED` which.

mod harness;
mod same_rows;
