//! What a scope has counted so far: [`State`].

use std::borrow::Cow;
use std::sync::Arc;
use std::time::Duration;

use super::fingerprint::Fingerprint;

/// How many names a scope tells apart, and how many texts without one; the others are counted together.
const MOST_DISTINCT: usize = 256;
/// How many texts are known by heart. A name may have many of them.
const MOST_KEYS: usize = 2 * MOST_DISTINCT;
/// The place of what is not told apart.
const OTHERS: u32 = u32::MAX;
/// How many bytes of a text are kept for showing.
const MOST_TEXT: usize = 1000;
/// How many slow statements a scope can be asked to keep.
pub(super) const MOST_SLOWEST: usize = 100;
/// The name of what a transaction needs, whoever runs it.
pub(super) const TRANSACTION: &str = "(transaction)";
/// How many times are kept before they are handed to the collector.
const MOST_SAMPLES: usize = 1024;

/// How a statement ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    /// With so many rows.
    Rows(u64),
    /// With an error.
    Failed,
    /// Its caller went away first.
    Abandoned,
}

/// What a statement is shown as.
#[derive(Debug)]
pub(super) struct Shown {
    pub name: Option<Cow<'static, str>>,
    /// The beginning of its text: of the first, if its name has several.
    pub text: Box<str>,
}

impl Shown {
    fn new(name: Option<Cow<'static, str>>, ended: &Ended<'_>) -> Arc<Self> {
        Arc::new(Self {
            name,
            text: beginning(ended.text).into(),
        })
    }
}

/// One of the different statements of a scope.
#[derive(Debug)]
pub(super) struct Distinct {
    pub shown: Arc<Shown>,
    pub numbers: Numbers,
}

#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Numbers {
    pub runs: u64,
    pub failed: u64,
    pub abandoned: u64,
    pub rows: u64,
    pub time: Duration,
}

/// A slow run.
#[derive(Debug)]
pub(super) struct Slow {
    pub shown: Arc<Shown>,
    pub time: Duration,
    pub outcome: Outcome,
}

/// A run whose time the collector has not got yet.
#[derive(Clone, Copy, Debug)]
pub(super) struct Sample {
    /// Its place among the different statements, which may be past the last.
    pub at: u32,
    pub failed: bool,
    pub time: Duration,
}

#[derive(Debug)]
pub(super) struct State {
    /// Of what asks for something; time and failures are also those of the commands of transactions.
    pub total: Numbers,
    /// How many commands of transactions there were.
    pub housekeeping: u64,
    /// Those of texts, with the names that they were run by, to be looked through quickly.
    keys: Vec<Fingerprint>,
    /// For each of these, the place of its statement.
    places: Vec<u32>,
    /// A statement is what has one name, or else one text.
    pub distinct: Vec<Distinct>,
    /// What was not told apart.
    pub others: Numbers,
    pub slowest: Vec<Slow>,
    pub keep_slowest: usize,
    pub samples: Vec<Sample>,
    pub has_warned: bool,
    /// Whether the page was loaded, if the host has said so.
    pub is_loaded: Option<bool>,
    /// How long the scope lasted, once it has ended.
    pub finished: Option<Duration>,
}

/// A statement that has ended.
pub(super) struct Ended<'a> {
    pub key: Fingerprint,
    pub text: &'a str,
    pub time: Duration,
    pub outcome: Outcome,
    pub is_housekeeping: bool,
}

impl State {
    pub fn new() -> Self {
        Self {
            total: Numbers::default(),
            housekeeping: 0,
            keys: Vec::new(),
            places: Vec::new(),
            distinct: Vec::new(),
            others: Numbers::default(),
            slowest: Vec::new(),
            keep_slowest: 5,
            samples: Vec::new(),
            has_warned: false,
            is_loaded: None,
            finished: None,
        }
    }

    /// Counts it; `name` is asked when its text is not known here. Its place among the different statements.
    pub fn record(
        &mut self,
        ended: &Ended<'_>,
        name: impl Fn() -> Option<Cow<'static, str>>,
    ) -> u32 {
        if ended.is_housekeeping {
            self.housekeeping += 1;
            self.total.add_end(ended);
        } else {
            self.total.add(ended);
        }
        let at = match self.keys.iter().position(|key| *key == ended.key) {
            Some(known) => self.places[known],
            None => self.place(ended, &name()),
        };
        match self.distinct.get_mut(at as usize) {
            Some(distinct) => distinct.numbers.add(ended),
            None => self.others.add(ended),
        }
        let is_slow = self.slowest.len() < self.keep_slowest
            || self
                .slowest
                .last()
                .is_some_and(|last| last.time < ended.time);
        if is_slow && self.keep_slowest > 0 {
            let shown = match self.distinct.get(at as usize) {
                Some(distinct) => Arc::clone(&distinct.shown),
                None => Shown::new(name(), ended),
            };
            let place = self.slowest.partition_point(|slow| slow.time >= ended.time);
            let slow = Slow {
                shown,
                time: ended.time,
                outcome: ended.outcome,
            };
            self.slowest.insert(place, slow);
            self.slowest.truncate(self.keep_slowest);
        }
        at
    }

    /// The place of a text that is not known: that of its name, a new one, or that of the others.
    ///
    /// Texts without a name do not take the places of those with one: there may be any number of them.
    fn place(&mut self, ended: &Ended<'_>, name: &Option<Cow<'static, str>>) -> u32 {
        let is_named = |distinct: &&Distinct| distinct.shown.name.is_some();
        let of_name = self
            .distinct
            .iter()
            .position(|distinct| distinct.shown.name.is_some() && distinct.shown.name == *name);
        let at = match of_name {
            Some(at) => at,
            None => {
                let named = self.distinct.iter().filter(is_named).count();
                let of_this_kind = match name {
                    Some(_) => named,
                    None => self.distinct.len() - named,
                };
                if of_this_kind >= MOST_DISTINCT {
                    return OTHERS;
                }
                self.distinct.push(Distinct {
                    shown: Shown::new(name.clone(), ended),
                    numbers: Numbers::default(),
                });
                self.distinct.len() - 1
            }
        } as u32;
        // Others are asked for their names each time.
        if self.keys.len() < MOST_KEYS {
            self.keys.push(ended.key);
            self.places.push(at);
        }
        at
    }

    /// Keeps its time for the collector; whether there are so many that it should get them.
    pub fn sample(&mut self, at: u32, ended: &Ended<'_>) -> bool {
        self.samples.push(Sample {
            at,
            failed: !matches!(ended.outcome, Outcome::Rows(_)),
            time: ended.time,
        });
        self.samples.len() >= MOST_SAMPLES
    }
}

impl Numbers {
    fn add(&mut self, ended: &Ended<'_>) {
        self.runs += 1;
        if let Outcome::Rows(rows) = ended.outcome {
            self.rows += rows;
        }
        self.add_end(ended);
    }

    /// How long it took, and whether it gave no answer.
    fn add_end(&mut self, ended: &Ended<'_>) {
        self.time += ended.time;
        match ended.outcome {
            Outcome::Rows(_) => {}
            Outcome::Failed => self.failed += 1,
            Outcome::Abandoned => self.abandoned += 1,
        }
    }
}

/// As much of the text as is kept.
fn beginning(text: &str) -> &str {
    let mut end = text.len().min(MOST_TEXT);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    &text[..end]
}
