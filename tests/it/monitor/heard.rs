//! What is told to `tracing`, as lines of text.

use std::fmt::{Debug, Write};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Metadata, Subscriber};

/// A subscriber that keeps everything it is told of this crate.
#[derive(Clone, Default)]
pub struct Heard {
    lines: Arc<Mutex<Vec<String>>>,
    spans: Arc<AtomicU64>,
}

impl Heard {
    /// The lines so far, while work is done.
    pub fn during(work: impl FnOnce()) -> Vec<String> {
        let heard = Self::default();
        tracing::subscriber::with_default(heard.clone(), work);
        heard.lines.lock().unwrap().clone()
    }

    fn line(&self, line: Line) {
        self.lines.lock().unwrap().push(line.0);
    }
}

struct Line(String);

impl Line {
    fn of(what: &str, metadata: Option<&Metadata<'_>>) -> Self {
        match metadata {
            Some(metadata) => Self(format!("{what} {} {}", metadata.level(), metadata.name())),
            None => Self(what.to_owned()),
        }
    }
}

impl Visit for Line {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        write!(self.0, " {}={value:?}", field.name()).unwrap();
    }
}

impl Subscriber for Heard {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.target().starts_with("pagewise")
    }

    fn new_span(&self, attributes: &Attributes<'_>) -> Id {
        let mut line = Line::of("span", Some(attributes.metadata()));
        attributes.record(&mut line);
        self.line(line);
        Id::from_u64(self.spans.fetch_add(1, Ordering::Relaxed) + 1)
    }

    fn record(&self, _: &Id, values: &Record<'_>) {
        let mut line = Line::of("record", None);
        values.record(&mut line);
        self.line(line);
    }

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn event(&self, event: &Event<'_>) {
        let mut line = Line::of("event", Some(event.metadata()));
        event.record(&mut line);
        self.line(line);
    }

    fn enter(&self, _: &Id) {
        self.line(Line::of("enter", None));
    }

    fn exit(&self, _: &Id) {
        self.line(Line::of("exit", None));
    }
}
