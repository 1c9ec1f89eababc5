//! Where a viewer's days begin: [`TimeZone`].

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

use crate::error::Error;
use crate::render::NAME_BYTES;

/// The name of a time zone, as the IANA's database has them: `Africa/Johannesburg`, `UTC`.
///
/// What is checked is that the text looks like such a name, since it comes from a browser: letters, digits, `_`, `+`,
/// `-` and `/`, at most 63 bytes. Which names there are, only the server knows (`pg_timezone_names`); it refuses a
/// statement with a name that it does not know. The name is bound as a parameter.
///
/// ```
/// use pagewise::TimeZone;
///
/// let zone: TimeZone = "Africa/Johannesburg".parse()?;
/// assert_eq!(zone.name(), "Africa/Johannesburg");
/// assert_eq!(TimeZone::default(), TimeZone::UTC);
///
/// let refused = "UTC'; --".parse::<TimeZone>().unwrap_err();
/// assert!(refused.to_string().contains("is no name of a time zone"));
/// # Ok::<(), pagewise::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct TimeZone(Cow<'static, str>);

impl TimeZone {
    /// Coordinated universal time.
    pub const UTC: Self = Self(Cow::Borrowed("UTC"));

    /// The name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.0
    }

    /// So many days, an instant is at most away from the beginning of its date, counted as if that were in UTC.
    ///
    /// No clock of the world is a day away from UTC. PostgreSQL takes `ABC+167` for a zone, too: an abbreviation and the
    /// hours that it is away, up to a week, and another week in summer.
    pub(crate) fn days_from_utc(&self) -> i64 {
        let is_offset = self.0.bytes().any(|byte| byte.is_ascii_digit());
        if is_offset { 15 } else { 1 }
    }
}

impl FromStr for TimeZone {
    type Err = Error;

    /// # Errors
    ///
    /// [`Error::InvalidTimeZone`] if the text cannot be a name.
    fn from_str(name: &str) -> Result<Self, Error> {
        let fits = |byte: u8| byte.is_ascii_alphanumeric() || b"_+-/".contains(&byte);
        if name.is_empty() || name.len() > NAME_BYTES || !name.bytes().all(fits) {
            return Err(Error::InvalidTimeZone {
                name: name.to_owned(),
            });
        }
        Ok(Self(Cow::Owned(name.to_owned())))
    }
}

impl Default for TimeZone {
    /// [`UTC`](Self::UTC).
    fn default() -> Self {
        Self::UTC
    }
}

impl fmt::Display for TimeZone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::TimeZone;
    use crate::Error;

    #[test]
    fn names() {
        for name in ["UTC", "America/Port-au-Prince", "Etc/GMT+12", "NZ-CHAT"] {
            let zone: TimeZone = name.parse().expect(name);
            assert_eq!(zone.to_string(), name);
        }
        let long = "a".repeat(64);
        for name in [
            "",
            " UTC",
            "UTC;",
            "Africa/São_Tomé",
            "a'b",
            "a\0",
            "<+03>",
            &long,
        ] {
            let refused = name.parse::<TimeZone>();
            assert!(
                matches!(refused, Err(Error::InvalidTimeZone { .. })),
                "{name:?}"
            );
        }
    }
}
