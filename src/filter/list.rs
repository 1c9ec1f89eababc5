//! The list of values of one filter, as query strings write it: [`ValueList`].

use std::borrow::Cow;

use serde_json::value::RawValue;

/// The values of an operator that takes a list, read from the text that a request has for them.
///
/// The text is `a~b`, where a value in double quotes may contain `~` and, doubled, quotes: `"a~b"~"5"""` is the two
/// values `a~b` and `5"`. Or it is a JSON array of texts, numbers and booleans: `["a~b", 5]`. What is no JSON array is
/// taken as the former. Empty text has no values, `""` in quotes is one empty value.
///
/// Any text is read: what is malformed is read as far as it makes sense, and [`problem`](Self::problem) says what is
/// wrong. That takes time and memory in proportion to the text, however it is nested or quoted.
///
/// # Example
///
/// ```
/// use pagewise::filter::ValueList;
///
/// let list = ValueList::read(r#"urgent~"a~b""#);
/// assert_eq!(list.values, ["urgent", "a~b"]);
/// assert_eq!(list.problem, None);
///
/// assert_eq!(ValueList::read(r#"["urgent", 3]"#).values, ["urgent", "3"]);
/// assert!(ValueList::read(r#"urgent~"a~b"#).problem.is_some());
///
/// assert_eq!(ValueList::write(["urgent", "a~b"]), r#"urgent~"a~b""#);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ValueList {
    /// The values, in the order of the text.
    pub values: Vec<String>,
    /// What would have been right, if the text is malformed.
    pub problem: Option<&'static str>,
}

const SEPARATOR: char = '~';
const QUOTE: char = '"';
/// What JSON may have before an array.
const JSON_SPACE: [char; 4] = [' ', '\t', '\n', '\r'];

const ONLY_PLAIN: &str = "an array has texts, numbers and booleans only";
const CLOSED: &str = "a quote that is opened at the beginning of a value is closed at its end";

impl ValueList {
    /// Reads the values of a list.
    #[must_use]
    pub fn read(text: &str) -> Self {
        read_array(text).unwrap_or_else(|| read_separated(text))
    }

    /// Writes values so that [`read`](Self::read) gives them back.
    #[must_use]
    pub fn write<V: AsRef<str>>(values: impl IntoIterator<Item = V>) -> String {
        let mut text = String::new();
        let mut count = 0;
        for value in values {
            let value = value.as_ref();
            if count > 0 {
                text.push(SEPARATOR);
            }
            // What begins like an array could be read as one.
            let is_array = count == 0 && value.trim_start_matches(JSON_SPACE).starts_with('[');
            // Readers of comma-separated values end the list at a line's end, and the origin's is one.
            if is_array || value.contains([SEPARATOR, QUOTE, '\n', '\r']) {
                push_quoted(&mut text, value);
            } else {
                text.push_str(value);
            }
            count += 1;
        }
        // One empty value is not no value.
        if count == 1 && text.is_empty() {
            push_quoted(&mut text, "");
        }
        text
    }
}

fn push_quoted(text: &mut String, value: &str) {
    text.push(QUOTE);
    for (position, part) in value.split(QUOTE).enumerate() {
        if position > 0 {
            text.push_str("\"\"");
        }
        text.push_str(part);
    }
    text.push(QUOTE);
}

/// The values of a JSON array, if it is one.
fn read_array(text: &str) -> Option<ValueList> {
    if !text.trim_start_matches(JSON_SPACE).starts_with('[') {
        return None;
    }
    // Parts of the text: numbers stay as they are written, and what is nested is skipped without being built.
    let items: Vec<&RawValue> = serde_json::from_str(text).ok()?;
    let mut values = Vec::with_capacity(items.len());
    let mut problem = None;
    for item in items {
        match plain(item.get()) {
            Some(value) => values.push(value.into_owned()),
            None => problem = Some(ONLY_PLAIN),
        }
    }
    Some(ValueList { values, problem })
}

/// The text of a JSON text, number or boolean.
fn plain(item: &str) -> Option<Cow<'_, str>> {
    match item.chars().next()? {
        // One that is no text in Unicode (half of a pair of surrogates) is left out.
        '"' => serde_json::from_str(item).ok().map(Cow::Owned),
        '[' | '{' | 'n' => None,
        _ => Some(Cow::Borrowed(item)),
    }
}

/// The values between separators. There are none in an empty text.
fn read_separated(text: &str) -> ValueList {
    let mut values = Vec::new();
    let mut problem = None;
    let mut rest = (!text.is_empty()).then_some(text);
    while let Some(at) = rest {
        let (mut value, at) = match at.strip_prefix(QUOTE) {
            Some(quoted) => {
                let (value, after) = read_quoted(quoted);
                if after.is_none_or(|after| !after.is_empty() && !after.starts_with(SEPARATOR)) {
                    problem = Some(CLOSED);
                }
                (value, after.unwrap_or(""))
            }
            None => (String::new(), at),
        };
        // Quotes in the middle are characters as others, and so is what follows a closed quote.
        let end = at.find(SEPARATOR);
        value.push_str(&at[..end.unwrap_or(at.len())]);
        values.push(value);
        rest = end.map(|end| &at[end + SEPARATOR.len_utf8()..]);
    }
    ValueList { values, problem }
}

/// A value whose quote is open, and what follows its end; an unclosed one has the whole text.
fn read_quoted(text: &str) -> (String, Option<&str>) {
    let mut value = String::new();
    let mut rest = text;
    while let Some((part, after)) = rest.split_once(QUOTE) {
        value.push_str(part);
        match after.strip_prefix(QUOTE) {
            Some(after) => {
                value.push(QUOTE);
                rest = after;
            }
            None => return (value, Some(after)),
        }
    }
    value.push_str(rest);
    (value, None)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Vec<String> {
        let list = ValueList::read(text);
        assert_eq!(list.problem, None, "{text}");
        list.values
    }

    fn malformed(text: &str, problem: &str) -> Vec<String> {
        let list = ValueList::read(text);
        assert_eq!(list.problem, Some(problem), "{text}");
        list.values
    }

    #[test]
    fn separated() {
        assert_eq!(read(""), [""; 0]);
        assert_eq!(read("hello"), ["hello"]);
        assert_eq!(read(" a ~b "), [" a ", "b "]);
        assert_eq!(read("~"), ["", ""]);
        assert_eq!(read("a~~"), ["a", "", ""]);
        assert_eq!(read("a\nb\0~c"), ["a\nb\0", "c"]);
    }

    #[test]
    fn quoted() {
        assert_eq!(read(r#""""#), [""]);
        assert_eq!(read(r#""tag~2"~a"#), ["tag~2", "a"]);
        assert_eq!(read(r#""fo""o"~"""""#), ["fo\"o", "\""]);
        assert_eq!(read(r#"5"~6""#), ["5\"", "6\""]);
        assert_eq!(read("\"a\nb\"~c"), ["a\nb", "c"]);
    }

    #[test]
    fn quoted_wrongly() {
        assert_eq!(malformed(r#"""#, CLOSED), [""]);
        assert_eq!(malformed(r#""tag~a"#, CLOSED), ["tag~a"]);
        assert_eq!(malformed(r#"a~"b"#, CLOSED), ["a", "b"]);
        assert_eq!(malformed(r#""a"b"c~d"#, CLOSED), ["ab\"c", "d"]);
        assert_eq!(malformed("\"\"\"\"\"", CLOSED), ["\"\""]);
    }

    #[test]
    fn arrays() {
        assert_eq!(read("[]"), [""; 0]);
        assert_eq!(read(" [\"a~b\",\t\"\\u00e4\\n\"]\n"), ["a~b", "\u{e4}\n"]);
        assert_eq!(read(r#"["[1, 2]"]"#), ["[1, 2]"]);
        assert_eq!(
            read("[true, false, -1, 1.50, 12345678901234567890123, 1e999]"),
            [
                "true",
                "false",
                "-1",
                "1.50",
                "12345678901234567890123",
                "1e999"
            ]
        );
    }

    #[test]
    fn arrays_of_what_is_no_value() {
        assert_eq!(malformed("[null]", ONLY_PLAIN), [""; 0]);
        assert_eq!(
            malformed(r#"["a", null, [1], {"b": 2}, 3]"#, ONLY_PLAIN),
            ["a", "3"]
        );
        assert_eq!(malformed(r#"["\ud800", "a"]"#, ONLY_PLAIN), ["a"]);
        let deep = format!("[{}{}, 1]", "[".repeat(100_000), "]".repeat(100_000));
        assert_eq!(malformed(&deep, ONLY_PLAIN), ["1"]);
    }

    #[test]
    fn what_is_no_array_is_separated() {
        assert_eq!(read("[abc]"), ["[abc]"]);
        assert_eq!(read("[1, 2"), ["[1, 2"]);
        assert_eq!(read("[1]~2"), ["[1]", "2"]);
        assert_eq!(read("[1,]"), ["[1,]"]);
        assert_eq!(read("[NaN]"), ["[NaN]"]);
        assert_eq!(read("{\"a\": 1}"), ["{\"a\": 1}"]);
        assert_eq!(read(&"[".repeat(100_000)), ["[".repeat(100_000)]);
    }

    #[test]
    fn written() {
        for (values, text) in [
            (&[][..], ""),
            (&[""], r#""""#),
            (&["", ""], "~"),
            (
                &["plain", "with space", "\u{e4}"],
                "plain~with space~\u{e4}",
            ),
            (&["tag~2", "a"], r#""tag~2"~a"#),
            (&["fo\"o", "\""], r#""fo""o"~"""""#),
            (&["[1]"], r#""[1]""#),
            (&["\n ["], "\"\n [\""),
            (&["\t["], "\"\t[\""),
            (&["a", "[1]"], "a~[1]"),
            (&["a\nb", "c\rd", "e\0f"], "\"a\nb\"~\"c\rd\"~e\0f"),
        ] {
            assert_eq!(ValueList::write(values), text);
            assert_eq!(read(text), values);
        }
    }
}
