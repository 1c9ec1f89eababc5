//! Running a page, measured beside other ways to the same rows.
fn main() {}
