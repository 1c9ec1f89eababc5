//! A statement that may change rows: [`Command`].

use std::borrow::Cow;
use std::fmt;

use sea_query::Value;

/// A statement that may change rows: its text and its parameters.
///
/// What only reads, and can be built on, is a [`Statement`](super::Statement). With a driver's feature, what makes a command
/// also runs it; any other driver takes [`text`](Self::text) and [`parameters`](Self::parameters).
///
/// `Display` is the text.
#[derive(Clone, Debug, PartialEq)]
pub struct Command {
    text: Cow<'static, str>,
    parameters: Vec<Value>,
}

impl Command {
    pub(crate) fn new(text: impl Into<Cow<'static, str>>, parameters: Vec<Value>) -> Self {
        Self {
            text: text.into(),
            parameters,
        }
    }

    /// The SQL as it is sent, with `$1`, `$2`, ... for the parameters.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The values of `$1`, `$2`, ... in this order.
    #[must_use]
    pub fn parameters(&self) -> &[Value] {
        &self.parameters
    }
}

impl fmt::Display for Command {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}
