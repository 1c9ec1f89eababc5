//! Comments that tell the server who asks: [`Tags`].

use std::fmt;
use std::sync::Arc;

/// How many tags there may be.
const MOST_TAGS: usize = 8;
/// How many bytes a key or a value may have.
const LONGEST_KEY: usize = 32;
const LONGEST_VALUE: usize = 128;

/// What belongs to one request, in the words of several tools: each would be a text of its own.
const VARYING: [&str; 8] = [
    "traceparent",
    "tracestate",
    "trace_id",
    "span_id",
    "request_id",
    "correlation_id",
    "session_id",
    "user_id",
];

/// Tags that are appended to a statement's text as a comment, as [sqlcommenter] has it, for `pg_stat_activity`, the server's log,
/// and the tools that read these: `/*application='shop',route='%2Fsessions'*/`.
///
/// Nothing has tags unless it is run through [`with`](Self::with) or [`with_async`](Self::with_async): they change the text.
///
/// * **They are fixed.** A text with the id of a request in it is prepared, planned and kept anew for each request, here and on
///   the server. So keys and values are `&'static str`: literals, or what a program has made once. A value that was made for a
///   request does not compile. Keys that are known to vary, `traceparent` for example, are refused. For each set of tags, a
///   [`StatementCache`](crate::driver) keeps its statements anew; it should have room for them.
/// * **They end nothing.** All but letters, digits, `-`, `.`, `_` and `~` is percent-encoded in UTF-8, so that there is no
///   quote, `*` or `/` in them.
/// * **They are few**, and short: at most 8, keys up to 32 bytes and values up to 128.
/// * A text that has a comment already is left as it is, as sqlcommenter asks.
///
/// `pg_stat_activity` shows the first `track_activity_query_size` bytes of a text, 1,024 unless the server is set up otherwise:
/// statements of pages are longer than that, and their tags are at the end. `pg_stat_statements` ignores comments when it tells
/// statements apart, and shows the one that came first.
///
/// [sqlcommenter]: https://google.github.io/sqlcommenter/spec/
///
/// # Example
///
/// ```
/// use pagewise::monitor::{TagError, Tags};
///
/// let tags = Tags::new([("route", "/sessions/{id}"), ("application", "shop")])?;
/// assert_eq!(
///     tags.append("SELECT 1"),
///     "SELECT 1 /*application='shop',route='%2Fsessions%2F%7Bid%7D'*/"
/// );
/// assert!(matches!(Tags::new([("traceparent", "00-..")]), Err(TagError::Varies { .. })));
/// # Ok::<(), TagError>(())
/// ```
///
/// What belongs to a request does not compile:
///
/// ```compile_fail,E0597
/// use pagewise::monitor::Tags;
///
/// let request_id = String::from("5f2b");
/// let tags = Tags::new([("id", request_id.as_str())]);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tags {
    /// With the space before it; empty without tags.
    comment: Arc<str>,
}

/// Tags that cannot be.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TagError {
    /// There are too many.
    #[error("{count} tags were given: there may be 8; leave out what tells the least")]
    #[non_exhaustive]
    TooMany {
        /// How many were given.
        count: usize,
    },

    /// A key or a value is too long.
    #[error("the tag {key:?} is too long: a key may have 32 bytes, a value 128")]
    #[non_exhaustive]
    TooLong {
        /// The key.
        key: &'static str,
    },

    /// A key is empty.
    #[error("a tag has no key: name it")]
    Unnamed,

    /// Two tags have the same key.
    #[error("the tag {key:?} is given twice: leave one out")]
    #[non_exhaustive]
    Twice {
        /// The key.
        key: &'static str,
    },

    /// A tag is of one request only.
    #[error(
        "the tag {key:?} is another one for each request, and so would be the text: no statement would be kept prepared; \
         put it into a span instead"
    )]
    #[non_exhaustive]
    Varies {
        /// The key.
        key: &'static str,
    },
}

impl Tags {
    /// The tags of these keys, each with its value; in whatever order, since they are sorted.
    ///
    /// # Errors
    ///
    /// [`TagError`]: too many, too long, without a key, a key twice, or one that varies.
    pub fn new(
        tags: impl IntoIterator<Item = (&'static str, &'static str)>,
    ) -> Result<Self, TagError> {
        let mut tags: Vec<_> = tags.into_iter().collect();
        if tags.len() > MOST_TAGS {
            return Err(TagError::TooMany { count: tags.len() });
        }
        for (key, value) in &tags {
            if key.is_empty() {
                return Err(TagError::Unnamed);
            }
            if key.len() > LONGEST_KEY || value.len() > LONGEST_VALUE {
                return Err(TagError::TooLong { key });
            }
            if VARYING
                .iter()
                .any(|varying| varying.eq_ignore_ascii_case(key))
            {
                return Err(TagError::Varies { key });
            }
        }
        tags.sort_unstable_by_key(|(key, _)| Encoded(key).to_string());
        if let Some(twice) = tags.windows(2).find(|pair| pair[0].0 == pair[1].0) {
            return Err(TagError::Twice { key: twice[0].0 });
        }
        let tags: Vec<_> = tags
            .iter()
            .map(|(key, value)| format!("{}='{}'", Encoded(key), Encoded(value)))
            .collect();
        let comment = match tags.as_slice() {
            [] => String::new(),
            tags => format!(" /*{}*/", tags.join(",")),
        };
        Ok(Self {
            comment: comment.into(),
        })
    }

    /// The text with the comment after it; as it is, if there are no tags or it has a comment already.
    #[must_use]
    pub fn append(&self, text: &str) -> String {
        if text.contains("/*") || text.contains("--") {
            return text.to_owned();
        }
        [text, &self.comment].concat()
    }
}

/// The tags as they are appended.
impl fmt::Display for Tags {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.comment.trim_start())
    }
}

/// A text without the tags at its end.
pub(super) fn without_tags(text: &str) -> &str {
    match text.strip_suffix("'*/").and_then(|text| text.rfind(" /*")) {
        Some(end) => &text[..end],
        None => text,
    }
}

/// A text percent-encoded.
struct Encoded<'a>(&'a str);

impl fmt::Display for Encoded<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for byte in self.0.bytes() {
            match byte {
                b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
                    write!(f, "{}", char::from(byte))?;
                }
                other => write!(f, "%{other:02X}")?,
            }
        }
        Ok(())
    }
}
