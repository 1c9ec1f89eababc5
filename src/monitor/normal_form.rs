//! What remains of a text when its constants do not matter: [`normal_form`].
//!
//! `pg_stat_statements` shows a statement as it was run first, with each constant replaced by a parameter: `LIMIT 26` is
//! `LIMIT $2`, and so is every other limit. Where it does that depends on its version, and on how the parser sees a constant.
//! So both sides, its text and ours, lose what might differ: constants and parameters, among them the words TRUE, FALSE and
//! NULL, how many of them are in `IN ( .. )` or `ARRAY[ .. ]`, comments, and white space. What the server keeps apart stays:
//! `IS NULL` and `IS TRUE` have no constants, and other lists are as long as they are.

/// The text's tokens, with one space between them.
pub(super) fn normal_form(text: &str) -> String {
    let mut form = Form::default();
    let mut rest = text;
    while let Some(first) = rest.bytes().next() {
        let end = match first {
            byte if byte.is_ascii_whitespace() => 1,
            b'-' if rest.starts_with("--") => rest.find('\n').unwrap_or(rest.len()),
            b'/' if rest.starts_with("/*") => comment_end(rest),
            b'\'' => form.value(string_end(rest, false)),
            b'"' => form.token(rest, quoted_end(rest, b'"')),
            b'$' => dollar(&mut form, rest),
            byte if is_number(byte, rest) => form.value(number_end(rest)),
            byte if is_word(byte) => word(&mut form, rest),
            byte if is_operator(byte) => form.token(rest, operator_end(rest)),
            b'(' | b'[' => form.open(rest),
            b')' | b']' => form.close(rest),
            _ => form.token(rest, 1),
        };
        rest = &rest[end..];
    }
    form.finish()
}

#[derive(Default)]
struct Form<'a> {
    tokens: Vec<&'a str>,
    /// For each bracket that is open, whether a list is in it of which one constant stands for several.
    lists: Vec<bool>,
}

const VALUE: &str = "?";

impl<'a> Form<'a> {
    fn token(&mut self, rest: &'a str, end: usize) -> usize {
        self.tokens.push(&rest[..end]);
        end
    }

    /// A constant or parameter. A sign belongs to it or does not, depending on what stands before; and of several after IN or
    /// ARRAY one remains.
    fn value(&mut self, end: usize) -> usize {
        if self.tokens.last() == Some(&"-") {
            self.tokens.pop();
        }
        match self.tokens.as_slice() {
            [.., VALUE, ","] if self.lists.last() == Some(&true) => {
                self.tokens.pop();
            }
            _ => self.tokens.push(VALUE),
        }
        end
    }

    fn open(&mut self, rest: &'a str) -> usize {
        let before = self.tokens.last();
        let is_after = |word: &str| before.is_some_and(|token| token.eq_ignore_ascii_case(word));
        self.lists.push(match rest.as_bytes() {
            [b'(', ..] => is_after("in"),
            _ => is_after("array"),
        });
        self.token(rest, 1)
    }

    fn close(&mut self, rest: &'a str) -> usize {
        self.lists.pop();
        self.token(rest, 1)
    }

    /// What follows is part of a test, as in `IS NOT NULL`, and no constant.
    fn is_in_test(&self) -> bool {
        let is = |token: &str, word: &str| token.eq_ignore_ascii_case(word);
        match self.tokens.as_slice() {
            [.., before, last] if is(last, "not") => is(before, "is"),
            [.., last] => is(last, "is"),
            [] => false,
        }
    }

    /// What follows is the part of a time that is extracted, which the parser takes for a text.
    fn is_in_extract(&self) -> bool {
        matches!(self.tokens.as_slice(), [.., function, "("] if function.eq_ignore_ascii_case("extract"))
    }

    fn finish(mut self) -> String {
        while self.tokens.last() == Some(&";") {
            self.tokens.pop();
        }
        self.tokens.join(" ")
    }
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphabetic() || byte == b'_' || byte >= 0x80
}

fn is_operator(byte: u8) -> bool {
    b"+-*/<>=~!@#%^&|`?".contains(&byte)
}

fn is_number(first: u8, rest: &str) -> bool {
    let second = rest.as_bytes().get(1);
    first.is_ascii_digit() || (first == b'.' && second.is_some_and(u8::is_ascii_digit))
}

/// Comments may be inside of comments.
fn comment_end(rest: &str) -> usize {
    let bytes = rest.as_bytes();
    let (mut depth, mut at) = (0, 0);
    while at < bytes.len() {
        match &bytes[at..] {
            [b'/', b'*', ..] => (depth, at) = (depth + 1, at + 2),
            [b'*', b'/', ..] => (depth, at) = (depth - 1, at + 2),
            _ => at += 1,
        }
        if depth == 0 {
            return at;
        }
    }
    rest.len()
}

/// What is between two of the same quote, which is doubled where it stands for itself.
fn quoted_end(rest: &str, quote: u8) -> usize {
    let bytes = rest.as_bytes();
    let mut at = 1;
    while at < bytes.len() {
        match (bytes[at] == quote, bytes.get(at + 1)) {
            (true, Some(next)) if *next == quote => at += 2,
            (true, _) => return at + 1,
            (false, _) => at += 1,
        }
    }
    rest.len()
}

fn string_end(rest: &str, with_backslashes: bool) -> usize {
    if !with_backslashes {
        return quoted_end(rest, b'\'');
    }
    let bytes = rest.as_bytes();
    let mut at = 1;
    while at < bytes.len() {
        match &bytes[at..] {
            [b'\\', _, ..] | [b'\'', b'\'', ..] => at += 2,
            [b'\'', ..] => return at + 1,
            _ => at += 1,
        }
    }
    rest.len()
}

fn number_end(rest: &str) -> usize {
    let bytes = rest.as_bytes();
    let mut at = 0;
    while at < bytes.len() {
        match bytes[at] {
            b'e' | b'E' if matches!(bytes.get(at + 1), Some(b'+' | b'-')) => at += 2,
            byte if byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_') => at += 1,
            _ => break,
        }
    }
    at
}

/// A parameter, or a text between dollars.
fn dollar<'a>(form: &mut Form<'a>, rest: &'a str) -> usize {
    let name = rest[1..]
        .find(|c: char| !(c.is_alphanumeric() || c == '_'))
        .map_or(rest.len(), |end| end + 1);
    if rest.as_bytes().get(1).is_some_and(u8::is_ascii_digit) {
        return form.value(name);
    }
    if !rest[name..].starts_with('$') {
        return form.token(rest, 1);
    }
    let quote = &rest[..=name];
    let end = rest[quote.len()..].find(quote);
    form.value(end.map_or(rest.len(), |end| quote.len() + end + quote.len()))
}

fn word<'a>(form: &mut Form<'a>, rest: &'a str) -> usize {
    let end = rest
        .find(|c: char| !(c.is_alphanumeric() || c == '_' || c == '$' || !c.is_ascii()))
        .unwrap_or(rest.len());
    let (word, after) = rest.split_at(end);
    let is = |other: &str| word.eq_ignore_ascii_case(other);
    match after.as_bytes() {
        [b'\'', ..] if is("e") => form.value(end + string_end(after, true)),
        [b'\'', ..] if is("b") || is("x") || is("n") => form.value(end + string_end(after, false)),
        [b'&', b'\'', ..] if is("u") => form.value(end + 1 + string_end(&after[1..], false)),
        _ if form.is_in_extract() => form.value(end),
        _ if (is("true") || is("false") || is("null")) && !form.is_in_test() => form.value(end),
        _ => form.token(rest, end),
    }
}

/// As PostgreSQL's: an operator does not end in a sign, unless it has one of the stranger characters.
fn operator_end(rest: &str) -> usize {
    let bytes = rest.as_bytes();
    let mut end = bytes
        .iter()
        .position(|byte| !is_operator(*byte))
        .unwrap_or(bytes.len());
    for comment in ["--", "/*"] {
        if let Some(at) = rest[1..end].find(comment) {
            end = at + 1;
        }
    }
    let may_end_in_sign = bytes[..end].iter().any(|byte| b"~!@#%^&|`?".contains(byte));
    while end > 1 && !may_end_in_sign && matches!(bytes[end - 1], b'+' | b'-') {
        end -= 1;
    }
    end
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::normal_form;

    #[test]
    fn constants_parameters_and_comments_do_not_matter() {
        for (ours, servers) in [
            (
                "SELECT a FROM b WHERE c = $1 LIMIT 26",
                "SELECT a FROM b WHERE c = $1 LIMIT $2",
            ),
            ("SELECT 1;", "SELECT $1"),
            (
                "x = 'it''s' AND y = E'it\\'s /*'",
                "x = $1 AND y = $2 /*app='shop'*/",
            ),
            ("a > -5 AND b -5 = 1.5e-3", "a > $1 AND b -$2 = $3"),
            ("a>-5", "a >$1"),
            ("a IN (1, 2, 3)", "a IN ($1 /*, ... */)"),
            ("a = ANY (ARRAY[1,2])", "a = ANY (ARRAY[$1 /*, ... */])"),
            ("j ->> 'a' #>> '{b}' @> '{}'", "j ->> $1 #>> $2 @> $3"),
            ("ON TRUE WHERE a IS NULL", "ON $4 WHERE a IS NULL"),
            (
                "a IN (-1, NULL) AND b = ARRAY [TRUE, 'x']",
                "a IN ($1) AND b = ARRAY [$2]",
            ),
            ("a IS DISTINCT FROM NULL", "a IS DISTINCT FROM $1"),
            ("$$it's$$ || $x$ $$ $x$", "$1 || $2"),
            ("U&'d\\0061t' || b'01' || N'x'", "$1 || $2 || $3"),
            (
                "EXTRACT(EPOCH FROM a) > extract('day' from b)",
                "EXTRACT($1 FROM a) > extract($2 from b)",
            ),
            ("a -- to the end\n/* and /* more */ */ , b", "a, b"),
        ] {
            assert_eq!(normal_form(ours), normal_form(servers));
        }
    }

    #[test]
    fn everything_else_does() {
        for (one, other) in [
            ("SELECT a", "SELECT b"),
            ("SELECT \"a 1\"", "SELECT \"a 2\""),
            ("SELECT a1", "SELECT a2"),
            ("f (epoch)", "f (day)"),
            ("a < 1", "a <= 1"),
            ("ORDER BY a ASC NULLS LAST", "ORDER BY a ASC NULLS FIRST"),
            ("a = 1 AND b = 1", "a = 1 OR b = 1"),
            ("b IS NULL", "b IS TRUE"),
            ("b is not false", "b is not null"),
            ("b IS UNKNOWN", "b IS NULL"),
            ("coalesce(a, 1, 2)", "coalesce(a, 1)"),
            ("a IN (f(1, 2), 3)", "a IN (f(1), 3)"),
            ("VALUES (1, 2)", "VALUES (1)"),
            ("a[1]", "a[1, 2]"),
            ("SELECT 1, 2", "SELECT 1"),
        ] {
            assert_ne!(normal_form(one), normal_form(other));
        }
    }

    proptest! {
        /// Also what is no SQL, or is cut off anywhere.
        #[test]
        fn any_text_has_one(text in "[-a-z0-9'\"$/*+<>;, \\\\eEuU&.ä?\n]{0,60}|\\PC{0,20}") {
            let form = normal_form(&text);
            prop_assert_eq!(normal_form(&format!("/* */\n {text}")), form);
        }
    }
}
