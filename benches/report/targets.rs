//! What must be reached.

use std::fmt::Write;

use super::markdown::ratio;

/// One target and what was measured.
pub struct Target {
    pub name: String,
    pub at_most: f64,
    /// `None` where nothing came near.
    pub measured: Option<f64>,
}

impl Target {
    pub fn new(name: impl Into<String>, at_most: f64, measured: f64) -> Self {
        Self {
            name: name.into(),
            at_most,
            measured: Some(measured),
        }
    }

    pub fn is_met(&self) -> bool {
        self.measured
            .is_none_or(|measured| measured <= self.at_most)
    }

    pub fn verdict(&self) -> &'static str {
        if self.is_met() { "met" } else { "not met" }
    }
}

/// For the terminal.
pub fn text(targets: &[Target]) -> String {
    let mut text = String::from("targets\n");
    if targets.is_empty() {
        text.push_str("  not measured: scale 1 was not among the scales\n");
    }
    for target in targets {
        let _ = writeln!(
            text,
            "  {:<7} {:>8}, at most {}x: {}",
            target.verdict(),
            ratio(target.measured),
            target.at_most,
            target.name
        );
    }
    text
}

/// For a document.
pub fn table(targets: &[Target]) -> String {
    let mut text = String::from("| target | at most | measured | |\n|---|--:|--:|---|\n");
    for target in targets {
        let _ = writeln!(
            text,
            "| {} | {}x | {} | {} |",
            target.name,
            target.at_most,
            ratio(target.measured),
            target.verdict()
        );
    }
    text
}
