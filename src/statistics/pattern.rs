//! Patterns of `LIKE`, matched with the texts that the catalog keeps.

/// A pattern that is one literal text, perhaps with anything before and after it.
pub(super) struct Pattern {
    text: String,
    anything_before: bool,
    anything_after: bool,
    ignore_case: bool,
}

impl Pattern {
    /// `None` of a pattern with wildcards elsewhere.
    pub fn read(pattern: &str, ignore_case: bool) -> Option<Self> {
        let mut text = String::with_capacity(pattern.len());
        let inner = pattern.strip_prefix('%');
        let anything_before = inner.is_some();
        let mut anything_after = false;
        let mut chars = inner.unwrap_or(pattern).chars();
        while let Some(c) = chars.next() {
            match c {
                '%' if chars.as_str().is_empty() => anything_after = true,
                '%' | '_' => return None,
                '\\' => text.push(chars.next()?),
                c => text.push(c),
            }
        }
        // Of nothing but `%`, that is before and after.
        anything_after |= anything_before && pattern.len() == 1;
        Some(Self {
            text: folded(&text, ignore_case),
            anything_before,
            anything_after,
            ignore_case,
        })
    }

    /// The text is all of it.
    pub fn is_whole(&self) -> bool {
        !self.anything_before && !self.anything_after
    }

    pub fn matches(&self, text: &str) -> bool {
        let text = &folded(text, self.ignore_case);
        match (self.anything_before, self.anything_after) {
            (true, true) => text.contains(&self.text),
            (true, false) => text.ends_with(&self.text),
            (false, true) => text.starts_with(&self.text),
            (false, false) => *text == self.text,
        }
    }
}

fn folded(text: &str, ignore_case: bool) -> String {
    if ignore_case {
        text.to_lowercase()
    } else {
        text.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::Pattern;

    fn matches(pattern: &str, text: &str) -> Option<bool> {
        Some(Pattern::read(pattern, false)?.matches(text))
    }

    #[test]
    fn anything_before_and_after() {
        for (pattern, text, expected) in [
            ("%b%", "abc", true),
            ("%b%", "ac", false),
            ("a%", "abc", true),
            ("b%", "abc", false),
            ("%c", "abc", true),
            ("%b", "abc", false),
            ("abc", "abc", true),
            ("ab", "abc", false),
            ("%", "abc", true),
            ("%%", "abc", true),
            (r"%50\%%", "at 50% off", true),
            (r"%50\%%", "at 500 off", false),
            (r"a\_b", "a_b", true),
            (r"a\_b", "axb", false),
            (r"\\%", r"\server", true),
        ] {
            assert_eq!(
                matches(pattern, text),
                Some(expected),
                "{pattern} of {text}"
            );
        }
        assert_eq!(
            Pattern::read("É%", true).map(|pattern| pattern.matches("été")),
            Some(true)
        );
    }

    #[test]
    fn other_wildcards_are_not_read() {
        for pattern in ["a_c", "a%c", "_", r"\"] {
            assert_eq!(matches(pattern, "abc"), None, "{pattern}");
        }
    }
}
