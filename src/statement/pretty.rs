//! Breaks the text of a statement into lines.

use std::fmt;

/// Writes the SQL with a line for each clause and indented sub-selects. Quoted names and texts are left as they
/// are; only the white space between words changes.
pub(super) struct Pretty<'a>(pub &'a str);

/// Words that begin a line, longest first where one begins with another.
const CLAUSES: [&str; 16] = [
    "UNION ALL",
    "UNION",
    "LEFT JOIN LATERAL",
    "LEFT JOIN",
    "FULL OUTER JOIN",
    "INNER JOIN",
    "SELECT",
    "FROM",
    "WHERE",
    "GROUP BY",
    "HAVING",
    "ORDER BY",
    "LIMIT",
    "OFFSET",
    "AND",
    "WITH",
];

/// A SELECT list longer than this is written one item a line.
const LIST_WIDTH: usize = 90;

/// An open parenthesis.
enum Open {
    /// Around a sub-select, which is indented; how far the line is on which it opens.
    Select { indent: usize },
    /// Around anything else, which stays on its line.
    Other,
}

struct Printer<'a, 'f> {
    rest: &'a str,
    out: String,
    open: Vec<Open>,
    /// How far the line at hand is indented.
    indent: usize,
    /// The SELECT list at hand is written one item a line.
    long_list: Vec<bool>,
    f: &'f mut dyn fmt::Write,
}

impl fmt::Display for Pretty<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut printer = Printer {
            rest: self.0,
            out: String::with_capacity(self.0.len() * 2),
            open: Vec::new(),
            indent: 0,
            long_list: vec![false],
            f,
        };
        printer.run();
        printer.f.write_str(printer.out.trim())
    }
}

impl Printer<'_, '_> {
    fn run(&mut self) {
        while let Some(next) = self.rest.chars().next() {
            match next {
                '"' | '\'' => self.quoted(next),
                '(' => self.opening(),
                ')' => self.closing(),
                ',' => self.comma(),
                _ => self.word(next),
            }
        }
    }

    fn word(&mut self, next: char) {
        let starts_word = self
            .out
            .chars()
            .next_back()
            .is_none_or(|c| c.is_whitespace() || c == '(');
        if starts_word
            && self.at_clause_level()
            // The rest of `IS DISTINCT FROM`.
            && !self.out.ends_with("IS DISTINCT ")
            && !self.out.ends_with("IS NOT DISTINCT ")
            && let Some(clause) = CLAUSES
                .into_iter()
                .find(|clause| is_word(self.rest, clause))
        {
            return self.clause(clause);
        }
        self.out.push(next);
        self.rest = &self.rest[next.len_utf8()..];
    }

    fn clause(&mut self, clause: &'static str) {
        if !self.out.is_empty() && !self.out.ends_with('\n') {
            let is_first =
                self.out.trim_end().ends_with('(') && self.out.ends_with(char::is_whitespace);
            if !is_first {
                self.new_line(usize::from(clause == "AND"));
            }
        }
        self.out.push_str(clause);
        self.rest = &self.rest[clause.len()..];
        if clause == "SELECT" {
            let long = list_width(self.rest) > LIST_WIDTH;
            if let Some(last) = self.long_list.last_mut() {
                *last = long;
            }
            if long {
                self.rest = self.rest.trim_start();
                self.new_line(1);
            }
        } else if let Some(last) = self.long_list.last_mut() {
            *last = false;
        }
    }

    fn opening(&mut self) {
        self.rest = &self.rest[1..];
        self.out.push('(');
        if is_word(self.rest, "SELECT") {
            self.open.push(Open::Select {
                indent: self.indent,
            });
            self.long_list.push(false);
            self.new_line(0);
        } else {
            self.open.push(Open::Other);
        }
    }

    fn closing(&mut self) {
        self.rest = &self.rest[1..];
        if let Some(Open::Select { indent }) = self.open.pop() {
            self.long_list.pop();
            self.new_line(0);
            while self.indent < indent {
                self.indent += 1;
                self.out.push_str("  ");
            }
        }
        self.out.push(')');
    }

    /// Whatever is written before it, a comma follows what it ends.
    fn comma(&mut self) {
        self.rest = &self.rest[1..];
        self.out.truncate(self.out.trim_end().len());
        self.out.push(',');
        if self.at_clause_level() && self.in_long_list() {
            self.rest = self.rest.trim_start();
            self.new_line(1);
        }
    }

    /// Copies a quoted name or text whole.
    fn quoted(&mut self, quote: char) {
        let escapes = quote == '\'' && self.out.ends_with('E');
        let mut end = self.rest.len();
        let mut chars = self.rest.char_indices().skip(1).peekable();
        while let Some((at, c)) = chars.next() {
            if escapes && c == '\\' {
                chars.next();
            } else if c == quote {
                if chars.peek().is_some_and(|(_, next)| *next == quote) {
                    chars.next();
                } else {
                    end = at + 1;
                    break;
                }
            }
        }
        let (text, rest) = self.rest.split_at(end);
        self.out.push_str(text);
        self.rest = rest;
    }

    fn new_line(&mut self, more: usize) {
        while self.out.ends_with(' ') {
            self.out.pop();
        }
        self.out.push('\n');
        let innermost = self.open.iter().rev().find_map(|open| match open {
            Open::Select { indent } => Some(indent + 1),
            Open::Other => None,
        });
        self.indent = innermost.unwrap_or(0) + more;
        for _ in 0..self.indent {
            self.out.push_str("  ");
        }
    }

    fn at_clause_level(&self) -> bool {
        !matches!(self.open.last(), Some(Open::Other))
    }

    fn in_long_list(&self) -> bool {
        self.long_list.last().copied().unwrap_or(false)
    }
}

/// `text` begins with the word, and the word ends there.
fn is_word(text: &str, word: &str) -> bool {
    text.strip_prefix(word)
        .is_some_and(|rest| !rest.starts_with(|c: char| c.is_alphanumeric() || c == '_'))
}

/// How wide the SELECT list is that `text` begins with.
fn list_width(text: &str) -> usize {
    let mut depth = 0_usize;
    let mut quoted = false;
    for (at, c) in text.char_indices() {
        match c {
            '"' | '\'' => quoted = !quoted,
            '(' if !quoted => depth += 1,
            ')' if !quoted => match depth.checked_sub(1) {
                Some(less) => depth = less,
                None => return at,
            },
            'F' if !quoted && depth == 0 && is_word(&text[at..], "FROM") => return at,
            _ => {}
        }
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::Pretty;

    #[test]
    fn only_white_space_changes() {
        let text = r#"WITH "page" AS (SELECT "a b", (SELECT count(*) FROM "x" WHERE "y" = '  FROM (SELECT''s') FROM "t" WHERE ("p" AND "q") AND EXISTS(SELECT 1 FROM "u") LIMIT 5) , "b" AS (SELECT 1 UNION (SELECT 2)) SELECT "a" FROM "page" WHERE "z" = E'it\'s  AND' ORDER BY "a""#;
        let pretty = Pretty(text).to_string();
        let bare = |text: &str| {
            text.chars()
                .filter(|c| !c.is_whitespace())
                .collect::<String>()
        };
        assert_eq!(bare(&pretty), bare(text));
        for quoted in [r#""a b""#, "'  FROM (SELECT''s'", r"E'it\'s  AND'"] {
            assert!(pretty.contains(quoted), "{quoted} in {pretty}");
        }
        assert!(
            pretty.contains("\nSELECT \"a\"\nFROM \"page\"\n"),
            "{pretty}"
        );
        assert!(
            pretty.contains("\n), \"b\" AS (\n  SELECT 1\n  UNION (\n    SELECT 2\n  )\n)\nSELECT"),
            "{pretty}"
        );
    }
}
