//! The progress bar.

use std::io::{IsTerminal, stderr, stdout};
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// A load's weights are parts of 100.
const PARTS: u64 = 1000;

/// A bar while somebody is watching, else nothing.
pub struct Progress {
    bar: ProgressBar,
    done: f64,
}

impl Progress {
    /// Shows it.
    pub fn new(message: &'static str) -> Progress {
        let watched = stdout().is_terminal() && stderr().is_terminal();
        let target = if watched {
            ProgressDrawTarget::stderr()
        } else {
            ProgressDrawTarget::hidden()
        };
        let bar = ProgressBar::with_draw_target(Some(PARTS), target)
            .with_message(message)
            .with_style(style());
        bar.enable_steady_tick(Duration::from_millis(100));
        Progress { bar, done: 0.0 }
    }

    /// What is done now, and what share of 100 it is.
    pub fn begin(&mut self, name: &'static str, weight: f64) {
        self.bar.set_message(name);
        self.bar
            .set_position((self.done / 100.0 * PARTS as f64) as u64);
        self.done += weight;
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}

fn style() -> ProgressStyle {
    ProgressStyle::with_template("{spinner} [{bar:40}] {percent:>3} %  {elapsed}  {msg}")
        .map(|style| style.progress_chars("=> "))
        .unwrap_or_else(|_| ProgressStyle::default_bar())
}
