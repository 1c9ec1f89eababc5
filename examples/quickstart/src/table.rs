//! Text in columns, no wider than a terminal of 100.

use std::fmt;

use console::{Alignment, measure_text_width, pad_str};

/// The widest line.
pub const WIDTH: usize = 100;
/// Between two columns.
const GAP: usize = 2;
/// No column is cut to less.
const NARROWEST: usize = 6;

/// A table under construction.
pub struct Table {
    alignments: Vec<Alignment>,
    rows: Vec<Vec<String>>,
}

impl Table {
    /// A table with these column titles; a title that begins with `>` is that of a column of numbers.
    pub fn new<const N: usize>(titles: [&str; N]) -> Table {
        let alignments = titles.map(|title| match title.strip_prefix('>') {
            Some(_) => Alignment::Right,
            None => Alignment::Left,
        });
        let titles = titles.map(|title| title.trim_start_matches('>').to_owned());
        Table {
            alignments: alignments.to_vec(),
            rows: vec![titles.to_vec()],
        }
    }

    /// Adds a row.
    pub fn row<const N: usize>(&mut self, cells: [String; N]) {
        self.rows.push(cells.to_vec());
    }

    /// As wide as the widest cell; where that is too much together, the widest columns give way.
    fn widths(&self) -> Vec<usize> {
        let width_of = |column: usize| {
            let cells = self.rows.iter().filter_map(|row| row.get(column));
            cells
                .map(|cell| measure_text_width(cell))
                .max()
                .unwrap_or(0)
        };
        let mut widths: Vec<usize> = (0..self.alignments.len()).map(width_of).collect();
        while widths.iter().sum::<usize>() + GAP * widths.len().saturating_sub(1) > WIDTH {
            match widths.iter_mut().max() {
                Some(widest) if *widest > NARROWEST => *widest -= 1,
                _ => break,
            }
        }
        widths
    }
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let widths = self.widths();
        let rule = widths.iter().map(|width| "-".repeat(*width)).collect();
        let (titles, rows) = self.rows.split_at(1);
        for row in titles.iter().chain([&rule]).chain(rows) {
            let cells = row.iter().zip(&widths).zip(&self.alignments);
            let cells: Vec<_> = cells
                .map(|((cell, width), alignment)| pad_str(cell, *width, *alignment, Some("…")))
                .collect();
            writeln!(f, "{}", cells.join(&" ".repeat(GAP)).trim_end())?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::{Table, WIDTH};

    #[test]
    fn wide_cells_are_cut_to_the_width() {
        let mut table = Table::new(["name", ">rows"]);
        table.row(["é".repeat(150), "7".to_owned()]);
        table.row(["short".to_owned(), "12".to_owned()]);
        let lines: Vec<String> = table.to_string().lines().map(str::to_owned).collect();
        assert_eq!(lines[2].chars().count(), WIDTH);
        assert!(lines[2].ends_with("…     7"), "{}", lines[2]);
        assert!(lines[3].starts_with("short ") && lines[3].ends_with("  12"));
    }
}
