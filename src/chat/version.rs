//! Versions of chatbots, as requests and tags call them: [`Version`].

use std::fmt;
use std::str::FromStr;

use crate::filter::FilterError;

/// The end of the name of a version that is not published.
const UNRELEASED: &str = "-unreleased";

/// A version of a chatbot: `v3`, `3`, or, while it is worked on, `v3-unreleased`.
///
/// `Display` writes it as tags call it.
///
/// ```
/// use pagewise::chat::Version;
///
/// let version: Version = "3".parse()?;
/// assert_eq!(version, Version::released(3));
/// assert_eq!(version.to_string(), "v3");
/// assert!("v3-unreleased".parse::<Version>()?.unreleased);
/// assert!("latest".parse::<Version>().is_err());
/// # Ok::<(), pagewise::filter::FilterError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub struct Version {
    /// Its number; while it is worked on, the one that it will have.
    pub number: i32,
    /// Whether it is still worked on.
    pub unreleased: bool,
}

impl Version {
    /// What a request may write.
    pub(super) const EXPECTED: &'static str = "write a version like v3, 3 or v3-unreleased";

    /// The published version of this number.
    #[must_use]
    pub fn released(number: i32) -> Self {
        Self {
            number,
            unreleased: false,
        }
    }

    /// What will be the version of this number.
    #[must_use]
    pub fn unreleased(number: i32) -> Self {
        Self {
            number,
            unreleased: true,
        }
    }
}

impl FromStr for Version {
    type Err = FilterError;

    /// # Errors
    ///
    /// [`FilterError::InvalidVersion`] if the text names no version.
    fn from_str(text: &str) -> Result<Self, FilterError> {
        let name = text.trim();
        let (name, unreleased) = match name.strip_suffix(UNRELEASED) {
            Some(name) => (name, true),
            None => (name, false),
        };
        let number = name.strip_prefix('v').unwrap_or(name);
        let digits = number.bytes().all(|byte| byte.is_ascii_digit());
        let number = number.parse().ok().filter(|_| digits);
        let number = number.ok_or_else(|| FilterError::InvalidVersion {
            version: text.to_owned(),
        })?;
        Ok(Self { number, unreleased })
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { number, unreleased } = self;
        write!(f, "v{number}{}", if *unreleased { UNRELEASED } else { "" })
    }
}

#[cfg(test)]
mod tests {
    use super::Version;
    use crate::filter::FilterError;

    #[test]
    fn names() {
        for (text, version) in [
            ("v3", Version::released(3)),
            ("3", Version::released(3)),
            (" v3 ", Version::released(3)),
            ("0", Version::released(0)),
            ("v2147483647", Version::released(i32::MAX)),
            ("v3-unreleased", Version::unreleased(3)),
            ("3-unreleased", Version::unreleased(3)),
        ] {
            assert_eq!(text.parse(), Ok(version), "{text:?}");
            assert_eq!(version.to_string().parse(), Ok(version));
        }
        for text in [
            "",
            "v",
            "vv3",
            "V3",
            "-1",
            "+1",
            "v-1",
            "3.0",
            "v3-",
            "-unreleased",
            "v3-unreleased-unreleased",
            "2147483648",
            "99999999999999999999",
            "٣",
        ] {
            let refused = text.parse::<Version>();
            assert!(
                matches!(refused, Err(FilterError::InvalidVersion { .. })),
                "{text:?}"
            );
        }
    }
}
