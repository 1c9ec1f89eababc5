//! How a filter compares: [`Operator`].

use std::fmt;

/// How a filter of a request compares a column with its value.
///
/// `Display` writes the name by which requests call it, and with the feature `serde` it is serialized as that.
///
/// ```
/// use pagewise::filter::Operator;
///
/// assert_eq!(Operator::AnyOf.to_string(), "any of");
/// assert_eq!(Operator::named("does not contain"), Some(Operator::DoesNotContain));
/// assert_eq!(Operator::named("like"), None);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Operator {
    /// The text is the value, upper and lower case told apart unless the column says otherwise.
    Equals,
    /// The text contains the value, upper and lower case alike.
    Contains,
    /// None of the texts contains the value, upper and lower case alike; NULL contains nothing.
    DoesNotContain,
    /// The text starts with the value, upper and lower case alike.
    StartsWith,
    /// The text ends with the value, upper and lower case alike.
    EndsWith,
    /// It is, or has, one of the values.
    AnyOf,
    /// It has each of the values.
    AllOf,
    /// It is, or has, none of the values; NULL is none of them.
    Excludes,
    /// Its calendar date in the viewer's time zone is the value.
    On,
    /// Its calendar date in the viewer's time zone is earlier than the value.
    Before,
    /// Its calendar date in the viewer's time zone is later than the value.
    After,
    /// It is at most as long ago as the value says: `7d`, `1h`, `30m`.
    Range,
}

impl Operator {
    pub(super) const ALL: [Self; 12] = [
        Self::Equals,
        Self::Contains,
        Self::DoesNotContain,
        Self::StartsWith,
        Self::EndsWith,
        Self::AnyOf,
        Self::AllOf,
        Self::Excludes,
        Self::On,
        Self::Before,
        Self::After,
        Self::Range,
    ];

    /// The name by which requests call it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Equals => "equals",
            Self::Contains => "contains",
            Self::DoesNotContain => "does not contain",
            Self::StartsWith => "starts with",
            Self::EndsWith => "ends with",
            Self::AnyOf => "any of",
            Self::AllOf => "all of",
            Self::Excludes => "excludes",
            Self::On => "on",
            Self::Before => "before",
            Self::After => "after",
            Self::Range => "range",
        }
    }

    /// The operator of this name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|operator| operator.name() == name)
    }

    /// Whether it compares with several values, which a request writes as a list.
    #[must_use]
    pub fn takes_list(self) -> bool {
        matches!(self, Self::AnyOf | Self::AllOf | Self::Excludes)
    }
}

impl fmt::Display for Operator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
