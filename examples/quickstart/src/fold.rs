//! Long lines of SQL in a terminal of 100 columns.

use crate::table::WIDTH;

/// How far a line's continuation is indented beyond its beginning.
const CONTINUED: usize = 4;

/// Breaks lines that are too long at a space that is in no quotes.
pub fn fold(sql: &str) -> String {
    let mut folded = Vec::new();
    for line in sql.lines() {
        let (mut line, mut indent) = (line.to_owned(), indent_of(line) + CONTINUED);
        while let Some(at) = break_of(&line, indent) {
            let rest = line.split_off(at);
            folded.push(line);
            line = format!("{:indent$}{}", "", rest.trim_start());
            indent = indent_of(&line);
        }
        folded.push(line);
    }
    folded.join("\n")
}

fn indent_of(line: &str) -> usize {
    line.len() - line.trim_start().len()
}

/// Where to break a line that is too long: before a clause, else after a comma, else at a space; the last of these
/// at which what is before it fits, and none of its indentation.
fn break_of(line: &str, indent: usize) -> Option<usize> {
    if line.chars().count() <= WIDTH {
        return None;
    }
    let mut quote = None;
    let mut best = None;
    for (at, character) in line.char_indices().take(WIDTH + 1) {
        match (quote, character) {
            (None, '"' | '\'') => quote = Some(character),
            (Some(open), close) if open == close => quote = None,
            (None, ' ') if at > indent => best = best.max(Some((worth(line, at), at))),
            _ => {}
        }
    }
    best.map(|(_, at)| at)
}

fn worth(line: &str, space: usize) -> u8 {
    let (before, after) = line.split_at(space);
    if after.starts_with(" ON ") || after.starts_with(" ORDER BY ") {
        2
    } else if before.ends_with(',') {
        1
    } else {
        0
    }
}

#[cfg(test)]
mod tests {
    use super::fold;
    use crate::table::WIDTH;

    #[test]
    fn only_spaces_outside_quotes_become_line_breaks() {
        let quoted = format!("'{}'", "a b ".repeat(20));
        let sql = format!("SELECT 1\n  FROM {} {quoted} AND \"x\"", "word ".repeat(30));
        let folded = fold(&sql);
        assert!(folded.contains(&quoted), "{folded}");
        assert!(folded.lines().all(|line| line.len() <= WIDTH), "{folded}");
        let words = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
        assert_eq!(words(&folded), words(&sql));
        assert_eq!(fold(&"x".repeat(200)), "x".repeat(200));
    }
}
