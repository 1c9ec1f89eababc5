//! Tables in Markdown.

use std::fmt;

/// A text in a cell: on one line, and without the character that ends a cell.
pub(super) struct Cell<'a>(pub &'a str);

impl fmt::Display for Cell<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for character in self.0.chars() {
            match character {
                '|' => f.write_str("\\|")?,
                control if control.is_control() => f.write_str(" ")?,
                other => write!(f, "{other}")?,
            }
        }
        Ok(())
    }
}
