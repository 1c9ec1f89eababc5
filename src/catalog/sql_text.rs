//! SQL as PostgreSQL prints it, in a form that can be compared: [`SqlText`].
//!
//! PostgreSQL prints `COALESCE(a, b)` of `coalesce(a,b)` and `((status)::text <> 'pending'::text)` of
//! `status <> 'pending'`. What differs without a meaning is left out here: spaces, the case of words, quotes around names,
//! parentheses around one thing, casts to text. No SQL is understood beyond that: what is the same and looks different is
//! taken for different.

use std::iter::Peekable;
use std::str::Chars;

use crate::expression::Node;

/// An expression or a condition without what has no meaning.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct SqlText(Vec<Part>);

#[derive(Clone, Debug, PartialEq)]
enum Part {
    /// A name, a keyword, a number.
    Word(String),
    /// An operator, a comma or a bracket.
    Symbol(String),
    /// What stands between single quotes.
    Text(String),
    /// What stands between parentheses.
    Group(Vec<Part>),
}

/// More parentheses than that within each other are nothing that a person wrote.
const DEEPEST: usize = 50;

impl SqlText {
    /// `None` if the text has in it what is not read here.
    pub fn of(text: &str) -> Option<Self> {
        let parts = read_group(&mut text.chars().peekable(), 0)?;
        (!parts.is_empty()).then(|| Self(without_outer(parts)))
    }

    /// What is joined by AND in it; itself, if nothing is.
    pub fn conjuncts(&self) -> Vec<Self> {
        let is_chain = self.0.iter().any(is_and) && !self.0.iter().any(is_or);
        // `BETWEEN .. AND ..` is one condition.
        let is_range = |part: &Part| matches!(part, Part::Word(word) if word == "between");
        if !is_chain || self.0.iter().any(is_range) {
            return vec![self.clone()];
        }
        let parts = self.0.split(is_and);
        parts
            .map(|part| Self(without_outer(part.to_vec())))
            .collect()
    }

    /// Whether it is the value.
    pub fn is_value(&self, node: &Node) -> bool {
        is_value(&self.0, node)
    }

    /// Whether all that it says is said by one or another of the conditions.
    pub fn is_among(&self, conditions: &[Self]) -> bool {
        is_among(&self.0, conditions)
    }
}

fn is_value(parts: &[Part], node: &Node) -> bool {
    match (node, parts) {
        (Node::Column(name), [Part::Word(word)]) => word == name,
        (Node::Constant(constant), [Part::Text(text)]) => text == constant,
        (Node::Function(name, arguments), [Part::Word(word), Part::Group(given)]) => {
            let mut given = given.split(is_comma);
            word == name
                && arguments
                    .iter()
                    .all(|argument| given.next().is_some_and(|given| is_value(given, argument)))
                && given.next().is_none()
        }
        _ => false,
    }
}

fn is_among(parts: &[Part], conditions: &[SqlText]) -> bool {
    if conditions.iter().any(|condition| condition.0 == parts) {
        return true;
    }
    if let [Part::Group(inner)] = parts {
        return is_among(inner, conditions);
    }
    parts.iter().any(is_and)
        && !parts.iter().any(is_or)
        && parts
            .split(is_and)
            .all(|conjunct| is_among(conjunct, conditions))
}

fn is_and(part: &Part) -> bool {
    matches!(part, Part::Word(word) if word == "and")
}

fn is_or(part: &Part) -> bool {
    matches!(part, Part::Word(word) if word == "or")
}

fn is_comma(part: &Part) -> bool {
    matches!(part, Part::Symbol(symbol) if symbol == ",")
}

/// Reads up to the end of the text or, within parentheses, of these.
fn read_group(rest: &mut Peekable<Chars<'_>>, depth: usize) -> Option<Vec<Part>> {
    let mut parts = Vec::new();
    loop {
        let Some(next) = rest.next() else {
            return (depth == 0).then(|| simplified(parts));
        };
        parts.push(match next {
            space if space.is_whitespace() => continue,
            ')' => return (depth > 0).then(|| simplified(parts)),
            '(' if depth < DEEPEST => Part::Group(read_group(rest, depth + 1)?),
            '(' => return None,
            '\'' => Part::Text(read_quoted(rest, '\'')?),
            '"' => Part::Word(read_quoted(rest, '"')?),
            first if is_of_word(first) => {
                let word = read_while(rest, first, is_of_word).to_ascii_lowercase();
                // `E'..'` and its like mean something else than what stands between the quotes.
                if rest.peek() == Some(&'\'') {
                    return None;
                }
                Part::Word(word)
            }
            ':' => Part::Symbol(read_while(rest, ':', |next| next == ':')),
            first if is_of_operator(first) => {
                Part::Symbol(match read_while(rest, first, is_of_operator) {
                    operator if operator == "!=" => "<>".to_owned(),
                    operator => operator,
                })
            }
            other => Part::Symbol(other.to_string()),
        });
    }
}

/// Reads to the quote that is not doubled.
fn read_quoted(rest: &mut Peekable<Chars<'_>>, quote: char) -> Option<String> {
    let mut text = String::new();
    loop {
        let next = rest.next()?;
        if next == quote && rest.next_if_eq(&quote).is_none() {
            return Some(text);
        }
        text.push(next);
    }
}

fn read_while(
    rest: &mut Peekable<Chars<'_>>,
    first: char,
    belongs: impl Fn(char) -> bool,
) -> String {
    let mut text = String::from(first);
    while let Some(next) = rest.next_if(|next| belongs(*next)) {
        text.push(next);
    }
    text
}

fn is_of_word(character: char) -> bool {
    character.is_alphanumeric() || character == '_'
}

fn is_of_operator(character: char) -> bool {
    "+-*/<>=~!@#%^&|`?".contains(character)
}

/// Without casts to text, and without parentheses that hold but one thing.
fn simplified(parts: Vec<Part>) -> Vec<Part> {
    let mut simple: Vec<Part> = Vec::with_capacity(parts.len());
    let mut parts = parts.into_iter().peekable();
    while let Some(part) = parts.next() {
        match part {
            // After a word they are the arguments of a function, each of which stands alone.
            Part::Group(inner) if matches!(simple.last(), Some(Part::Word(_))) => {
                simple.push(Part::Group(arguments(inner)));
            }
            Part::Group(inner) if is_one_thing(&inner) => simple.extend(inner),
            Part::Symbol(symbol) if symbol == "::" => {
                let data_type: Vec<_> =
                    std::iter::from_fn(|| parts.next_if(|next| matches!(next, Part::Word(_))))
                        .collect();
                // A list of texts, or a text of some length, is something else.
                let is_whole = !matches!(parts.peek(), Some(Part::Group(_)))
                    && parts.peek() != Some(&Part::Symbol("[".to_owned()));
                let words: Vec<_> = data_type.iter().map(word).collect();
                match words.as_slice() {
                    ["text", rest @ ..] | ["character", "varying", rest @ ..]
                        if is_whole || !rest.is_empty() =>
                    {
                        let skipped = data_type.len() - rest.len();
                        simple.extend(data_type.into_iter().skip(skipped));
                    }
                    _ => {
                        simple.push(Part::Symbol(symbol));
                        simple.extend(data_type);
                    }
                }
            }
            part => simple.push(part),
        }
    }
    simple
}

fn word(part: &Part) -> &str {
    match part {
        Part::Word(word) => word,
        _ => "",
    }
}

/// A name, a text, or a function with its arguments.
fn is_one_thing(parts: &[Part]) -> bool {
    matches!(
        parts,
        [Part::Word(_) | Part::Text(_)] | [Part::Word(_), Part::Group(_)]
    )
}

/// The same without parentheses around a whole argument.
fn arguments(parts: Vec<Part>) -> Vec<Part> {
    if !parts.iter().any(|part| matches!(part, Part::Group(_))) {
        return parts;
    }
    let mut simple = Vec::with_capacity(parts.len());
    for (at, argument) in parts.split(is_comma).enumerate() {
        if at > 0 {
            simple.push(Part::Symbol(",".to_owned()));
        }
        simple.extend(without_outer(argument.to_vec()));
    }
    simple
}

/// The same without parentheses around all of it. Parentheses with commas in them are a row.
fn without_outer(mut parts: Vec<Part>) -> Vec<Part> {
    loop {
        match parts.as_mut_slice() {
            [Part::Group(inner)] if !inner.iter().any(is_comma) => {
                parts = std::mem::take(inner);
            }
            _ => return parts,
        }
    }
}
