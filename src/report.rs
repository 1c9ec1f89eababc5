//! What was decided while a statement was built, and why: [`Report`].

use std::borrow::Cow;
use std::fmt;
use std::time::Duration;

/// What was decided while a statement was built, and why, in words: for logs, and for whoever wonders.
///
/// For the host, not for its users: numbers by statistics are guesses from the rows of all tenants.
///
/// Made by [`FilterPipeline::report`](crate::filter::FilterPipeline::report) and
/// [`PageStatement::report`](crate::PageStatement::report). `Display` writes a line for each note.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    notes: Vec<Note>,
}

/// One decision of a [`Report`].
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Note {
    /// What was decided upon: a filter, by its name; or its form, for the page or for the total.
    pub subject: Cow<'static, str>,
    /// What was decided.
    pub decision: Cow<'static, str>,
    /// Why.
    pub reason: Cow<'static, str>,
    /// The index that it relies on: it was there when the [`Catalog`](crate::Catalog) was read, and PostgreSQL decides
    /// whether to use it.
    pub index: Option<Cow<'static, str>>,
    /// The index that would make it faster, as `table (column, ..)`. Not checked.
    pub wants: Option<Cow<'static, str>>,
}

impl Report {
    /// The decisions, in the order in which they were made.
    #[must_use]
    pub fn notes(&self) -> &[Note] {
        &self.notes
    }

    pub(crate) fn extend(&mut self, report: Self) {
        self.notes.extend(report.notes);
    }

    pub(crate) fn add(
        &mut self,
        subject: impl Into<Cow<'static, str>>,
        decision: impl Into<Cow<'static, str>>,
        reason: impl Into<Cow<'static, str>>,
    ) {
        self.add_with_index(subject, decision, reason, None, None);
    }

    /// With the index that it relies on, and the one that it would want.
    pub(crate) fn add_with_index(
        &mut self,
        subject: impl Into<Cow<'static, str>>,
        decision: impl Into<Cow<'static, str>>,
        reason: impl Into<Cow<'static, str>>,
        index: Option<String>,
        wants: Option<String>,
    ) {
        self.notes.push(Note {
            subject: subject.into(),
            decision: decision.into(),
            reason: reason.into(),
            index: index.map(Cow::Owned),
            wants: wants.map(Cow::Owned),
        });
    }
}

impl fmt::Display for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}: {}", self.subject, self.decision, self.reason)?;
        if let Some(index) = &self.index {
            write!(f, "; by the index {index}")?;
        }
        if let Some(wants) = &self.wants {
            write!(f, "; would want an index on {wants}")?;
        }
        Ok(())
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (position, note) in self.notes.iter().enumerate() {
            if position > 0 {
                f.write_str("\n")?;
            }
            note.fmt(f)?;
        }
        Ok(())
    }
}

/// A share in words: `about 2.1 %`.
pub(crate) struct Percent(pub f64);

impl fmt::Display for Percent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 * 100.0 {
            percent if percent < 0.1 => f.write_str("less than 0.1 %"),
            percent if percent < 9.95 => {
                let number = format!("{percent:.1}");
                write!(
                    f,
                    "about {} %",
                    number.strip_suffix(".0").unwrap_or(&number)
                )
            }
            percent => write!(f, "about {percent:.0} %"),
        }
    }
}

/// How long ago, in words: `3 minutes ago`.
pub(crate) struct Ago(pub Duration);

impl fmt::Display for Ago {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let seconds = self.0.as_secs();
        let (number, unit) = match seconds {
            0 => return f.write_str("just now"),
            1..60 => (seconds, "second"),
            60..3600 => (seconds / 60, "minute"),
            3600..86_400 => (seconds / 3600, "hour"),
            _ => (seconds / 86_400, "day"),
        };
        write!(
            f,
            "{number} {unit}{} ago",
            if number == 1 { "" } else { "s" }
        )
    }
}

#[cfg(test)]
mod tests {
    use super::{Ago, Duration, Percent};

    #[test]
    fn shares_and_times_in_words() {
        for (share, expected) in [
            (0.0, "less than 0.1 %"),
            (0.001, "about 0.1 %"),
            (0.021, "about 2.1 %"),
            (0.05, "about 5 %"),
            (0.0999, "about 10 %"),
            (0.255, "about 26 %"),
            (1.0, "about 100 %"),
        ] {
            assert_eq!(Percent(share).to_string(), expected);
        }
        for (seconds, expected) in [
            (0, "just now"),
            (1, "1 second ago"),
            (59, "59 seconds ago"),
            (180, "3 minutes ago"),
            (3_600, "1 hour ago"),
            (200_000, "2 days ago"),
        ] {
            assert_eq!(Ago(Duration::from_secs(seconds)).to_string(), expected);
        }
    }
}
