//! A statement that is being run: [`Running`].

use std::borrow::Cow;
use std::time::Instant;

use tracing::Span;
use tracing::field::Empty;

use super::fingerprint::Fingerprint;
use super::scope::Monitor;
use super::state::{Ended, Outcome, TRANSACTION};
use super::tags::without_tags;
use crate::driver::housekeeping::is_housekeeping;

/// A statement that a [`Monitor`] counts when it ends.
///
/// Dropped without having ended, it is counted as abandoned: its caller went away while the server was at work.
#[derive(Debug)]
pub struct Running<'a> {
    monitor: &'a Monitor,
    text: &'a str,
    name: Option<Cow<'static, str>>,
    /// Of the text alone.
    fingerprint: Fingerprint,
    is_housekeeping: bool,
    span: Span,
    started: Instant,
    outcome: Outcome,
}

impl<'a> Running<'a> {
    pub(super) fn new(
        monitor: &'a Monitor,
        text: &'a str,
        name: Option<Cow<'static, str>>,
    ) -> Self {
        let text = without_tags(text);
        let fingerprint = Fingerprint::of(text);
        let is_housekeeping = is_housekeeping(text);
        let name = match is_housekeeping {
            true => Some(TRANSACTION.into()),
            false => name,
        };
        let span = tracing::debug_span!(
            target: "pagewise::monitor",
            "statement",
            scope = monitor.name(),
            name = Empty,
            rows = Empty,
            sqlstate = Empty,
        );
        let running = Self {
            monitor,
            text,
            name,
            fingerprint,
            is_housekeeping,
            span,
            started: Instant::now(),
            outcome: Outcome::Abandoned,
        };
        if !running.span.is_disabled()
            && let Some(name) = running.known_name()
        {
            running.span.record("name", &*name);
        }
        running
    }

    /// The span that it runs in: `statement`, at the level debug, with the scope's name, its own if it has one, and when it has
    /// ended the number of rows or the SQLSTATE.
    #[must_use]
    pub fn span(&self) -> &Span {
        &self.span
    }

    /// It gave so many rows.
    pub fn finished(mut self, rows: u64) {
        self.outcome = Outcome::Rows(rows);
        self.span.record("rows", rows);
    }

    /// It failed; with the SQLSTATE, if it was the server who said so.
    pub fn failed(mut self, sqlstate: Option<&str>) {
        self.outcome = Outcome::Failed;
        self.span.record("sqlstate", sqlstate.unwrap_or("none"));
    }

    /// What the driver answered.
    #[cfg(any(feature = "postgres", feature = "tokio-postgres"))]
    pub(super) fn ended<T>(self, answer: &Result<Vec<T>, crate::driver::wire::Error>) {
        match answer {
            Ok(rows) => self.finished(rows.len() as u64),
            Err(error) => self.failed(error.code().map(|code| code.code())),
        }
    }

    /// The name that it is run by, else the one that its text is known by.
    fn known_name(&self) -> Option<Cow<'static, str>> {
        match self.monitor.collector() {
            // Its text is anybody's.
            _ if self.is_housekeeping => self.name.clone(),
            Some(collector) => collector.name_of(self.fingerprint, self.text, &self.name),
            None => self.name.clone(),
        }
    }
}

impl Drop for Running<'_> {
    fn drop(&mut self) {
        let ended = Ended {
            key: self.fingerprint.named(self.name.as_deref()),
            text: self.text,
            time: self.started.elapsed(),
            outcome: self.outcome,
            is_housekeeping: self.is_housekeeping,
        };
        self.monitor.record(&ended, &|| self.known_name());
    }
}
