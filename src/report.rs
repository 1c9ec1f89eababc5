//! What was decided while a statement was built, and why: [`Report`].

use std::borrow::Cow;
use std::fmt;

/// What was decided while a statement was built, and why, in words: for logs, and for whoever wonders.
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
    /// What was decided upon: the name of a filter.
    pub subject: Cow<'static, str>,
    /// What was decided.
    pub decision: Cow<'static, str>,
    /// Why.
    pub reason: Cow<'static, str>,
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
        self.notes.push(Note {
            subject: subject.into(),
            decision: decision.into(),
            reason: reason.into(),
        });
    }
}

impl fmt::Display for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}: {}", self.subject, self.decision, self.reason)
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
