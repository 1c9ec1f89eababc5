//! Each number of the dashboard, by plain loops over the rows that count.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, NaiveDateTime, TimeDelta, Timelike, Utc};

use super::oracle::{Oracle, is_human, is_turn};
use super::request::{Asked, Rank};
use crate::scene::clock::{Slot, slot, slots};
use crate::world::{Experiment, MESSAGE_TYPE, Message, Session};

/// The numbers at the top.
#[derive(Clone, Debug, PartialEq)]
pub struct Overview {
    pub experiments: i64,
    pub participants: i64,
    pub sessions: i64,
    pub messages: i64,
    pub active_experiments: i64,
    pub active_participants: i64,
    pub completed_sessions: i64,
    pub completion_rate: f64,
    pub messages_per_session: f64,
    pub sessions_per_participant: f64,
}

/// One bucket with its numbers.
#[derive(Clone, Debug, PartialEq)]
pub struct Point<const N: usize> {
    pub start: DateTime<Utc>,
    pub local_start: NaiveDateTime,
    pub numbers: [i64; N],
}

/// A row of the table of chatbots.
#[derive(Clone, Debug, PartialEq)]
pub struct Bot {
    pub id: i64,
    pub name: String,
    pub participants: i64,
    pub sessions: i64,
    pub messages: i64,
    pub completed_sessions: i64,
    pub completion_rate: f64,
    pub session_minutes: f64,
    pub messages_per_session: f64,
}

/// One of those who write most.
#[derive(Clone, Debug, PartialEq)]
pub struct Writer {
    pub id: i64,
    pub messages: i64,
    pub sessions: i64,
    pub last_activity: DateTime<Utc>,
}

/// A bin of a histogram of durations: exact, in microseconds times the number of bins.
#[derive(Clone, Debug, PartialEq)]
pub struct Bin {
    pub start: i128,
    pub end: i128,
    pub count: i64,
}

/// How often a tag hangs on messages.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct TagCount {
    pub category: String,
    pub tag: String,
    pub count: i64,
}

/// Runs of a chatbot and its versions in an hour.
#[derive(Clone, Debug, PartialEq)]
pub struct Hour {
    pub experiment: i64,
    pub start: DateTime<Utc>,
    pub success: i64,
    pub error: i64,
}

/// How many bins a histogram has.
pub const BINS: usize = 10;

pub fn int(count: usize) -> i64 {
    i64::try_from(count).expect("few rows")
}

#[expect(clippy::cast_precision_loss, reason = "few small numbers")]
pub fn ratio(a: i64, b: i64) -> f64 {
    match b {
        0 => 0.0,
        b => a as f64 / b as f64,
    }
}

fn different<T: Ord>(values: impl Iterator<Item = T>) -> i64 {
    int(values.collect::<BTreeSet<_>>().len())
}

/// How long a session took, if it is over.
fn duration(session: &Session) -> Option<TimeDelta> {
    session.ended_at.map(|ended| ended - session.created_at)
}

fn microseconds(duration: TimeDelta) -> i64 {
    duration.num_microseconds().expect("less than ages")
}

type Seen<'w> = (&'w Message, Option<&'w Session>);

impl Oracle<'_> {
    pub fn overview(&self) -> Overview {
        let (experiments, sessions, messages) =
            (self.experiments(), self.sessions(), self.messages());
        let turns = int(messages.iter().filter(|(m, _)| is_turn(m)).count());
        let is_active = |bot: &&&Experiment| sessions.iter().any(|s| s.experiment == bot.id);
        let authors = messages.iter().filter(|(m, _)| is_human(m));
        let authors = different(authors.filter_map(|(_, s)| s.map(|s| s.participant)));
        let completed = int(sessions.iter().filter(|s| s.ended_at.is_some()).count());
        let count = int(sessions.len());
        Overview {
            experiments: int(experiments.len()),
            participants: int(self.participants().len()),
            sessions: count,
            messages: turns,
            active_experiments: int(experiments.iter().filter(is_active).count()),
            active_participants: authors,
            completed_sessions: completed,
            completion_rate: ratio(completed, count) * 100.0,
            messages_per_session: ratio(turns, count),
            sessions_per_participant: ratio(count, authors),
        }
    }

    /// Numbers of each bucket's messages, of those that are looked at.
    fn points<const N: usize>(
        &self,
        asked: &Asked,
        looks_at: fn(&Message) -> bool,
        numbers: impl Fn(&[Seen<'_>]) -> [i64; N],
    ) -> Vec<Point<N>> {
        let mut buckets: BTreeMap<Slot, Vec<Seen<'_>>> = BTreeMap::new();
        if !asked.sparse {
            let (start, end) = (self.filters.start, self.filters.end);
            for slot in slots(start, end, asked.zone, asked.every) {
                buckets.insert(slot, Vec::new());
            }
        }
        for (message, session) in self.messages() {
            if looks_at(message) {
                let slot = slot(message.created_at, asked.zone, asked.every);
                buckets.entry(slot).or_default().push((message, session));
            }
        }
        let points = buckets.into_iter().map(|(slot, messages)| Point {
            start: slot.start,
            local_start: slot.local_start,
            numbers: numbers(&messages),
        });
        points.collect()
    }

    pub fn active_participants(&self, asked: &Asked) -> Vec<Point<1>> {
        self.points(asked, is_human, |messages| {
            let authors = messages.iter().filter_map(|(_, s)| *s);
            [different(authors.map(|s| s.participant))]
        })
    }

    /// Sessions, and those who wrote.
    pub fn session_analytics(&self, asked: &Asked) -> Vec<Point<2>> {
        self.points(asked, is_turn, |messages| {
            let sessions = messages.iter().filter_map(|(_, s)| *s);
            let human = messages.iter().filter(|(m, _)| is_human(m));
            let authors = human.filter_map(|(_, s)| *s);
            [
                different(sessions.map(|s| s.id)),
                different(authors.map(|s| s.participant)),
            ]
        })
    }

    /// Messages of people, of chatbots, and together.
    pub fn message_volume(&self, asked: &Asked) -> Vec<Point<3>> {
        self.points(asked, is_turn, |messages| {
            let human = int(messages.iter().filter(|(m, _)| is_human(m)).count());
            let all = int(messages.len());
            [human, all - human, all]
        })
    }

    fn bot(&self, bot: &Experiment, sessions: &[&Session]) -> Bot {
        let own: Vec<_> = sessions.iter().filter(|s| s.experiment == bot.id).collect();
        let durations: Vec<_> = own.iter().filter_map(|s| duration(s)).collect();
        let (count, completed) = (int(own.len()), int(durations.len()));
        let messages = int(own.iter().map(|s| self.turns_of(s)).sum());
        let total: i64 = durations.iter().map(|d| microseconds(*d)).sum();
        Bot {
            id: bot.id,
            name: bot.name.clone(),
            participants: different(own.iter().map(|s| s.participant)),
            sessions: count,
            messages,
            completed_sessions: completed,
            completion_rate: ratio(completed, count),
            session_minutes: ratio(total, completed) / 60e6,
            messages_per_session: ratio(messages, count),
        }
    }

    /// All chatbots, ranked.
    pub fn bots(&self, asked: &Asked) -> Vec<Bot> {
        let sessions = self.sessions();
        let experiments = self.experiments();
        let mut bots: Vec<_> = experiments
            .iter()
            .map(|bot| self.bot(bot, &sessions))
            .collect();
        bots.sort_by(|a, b| {
            let ordering = match asked.bots.rank {
                Rank::Name => a.name.as_bytes().cmp(b.name.as_bytes()),
                Rank::Participants => a.participants.cmp(&b.participants),
                Rank::Sessions => a.sessions.cmp(&b.sessions),
                Rank::Messages => a.messages.cmp(&b.messages),
                Rank::CompletedSessions => a.completed_sessions.cmp(&b.completed_sessions),
                Rank::CompletionRate => a.completion_rate.total_cmp(&b.completion_rate),
                Rank::SessionDuration => a.session_minutes.total_cmp(&b.session_minutes),
                Rank::MessagesPerSession => {
                    a.messages_per_session.total_cmp(&b.messages_per_session)
                }
            };
            let ordering = match asked.bots.descending {
                true => ordering.reverse(),
                false => ordering,
            };
            ordering.then(a.id.cmp(&b.id))
        });
        bots
    }

    /// A page of them, and how many there are.
    pub fn bots_page(&self, asked: &Asked) -> (Vec<Bot>, usize) {
        let bots = self.bots(asked);
        let total = bots.len();
        let page = bots.into_iter().skip(asked.bots.offset);
        (page.take(asked.bots.size).collect(), total)
    }

    /// Those who wrote most, in their order.
    pub fn writers(&self, asked: &Asked) -> Vec<Writer> {
        let mut writers: BTreeMap<i64, Vec<(&Message, &Session)>> = BTreeMap::new();
        for (message, session) in self.messages() {
            if let (true, Some(session)) = (is_human(message), session) {
                let written = writers.entry(session.participant).or_default();
                written.push((message, session));
            }
        }
        let is_own = |id: i64| {
            let mut people = self.world.participants.iter();
            people.any(|person| person.id == id && person.team == self.tenant)
        };
        let mut writers: Vec<_> = writers
            .into_iter()
            .filter(|(id, _)| is_own(*id))
            .map(|(id, written)| Writer {
                id,
                messages: int(written.len()),
                sessions: different(written.iter().map(|(_, s)| s.id)),
                last_activity: written
                    .iter()
                    .map(|(m, _)| m.created_at)
                    .max()
                    .expect("one"),
            })
            .collect();
        writers.sort_by_key(|writer| (-writer.messages, writer.id));
        writers.truncate(asked.most);
        writers
    }

    /// How long sessions took that are over.
    pub fn durations(&self) -> Vec<Bin> {
        let sessions = self.sessions();
        let durations = sessions.iter().filter_map(|s| duration(s));
        histogram(&durations.map(microseconds).collect::<Vec<_>>(), BINS)
    }

    /// Sessions of each platform, and all of them.
    pub fn channels(&self) -> (Vec<(String, i64)>, i64) {
        let sessions = self.sessions();
        let of = |platform: &str| {
            let on = sessions
                .iter()
                .filter(|s| s.platform.as_deref() == Some(platform));
            (platform.to_owned(), int(on.count()))
        };
        let channels: Vec<_> = self.platforms().into_iter().map(of).collect();
        let total = channels.iter().map(|(_, sessions)| sessions).sum();
        (channels, total)
    }

    /// How often each tag hangs on the messages, and all of them.
    pub fn tags(&self) -> (Vec<TagCount>, i64) {
        let messages = self.messages();
        let mut counts: BTreeMap<(String, String), i64> = BTreeMap::new();
        for link in &self.world.items {
            let is_seen = link.content_type == MESSAGE_TYPE
                && messages.iter().any(|(m, _)| m.id == i64::from(link.object));
            match self.tag_of(link) {
                Some(tag) if is_seen && tag.category != "experiment_version" => {
                    *counts
                        .entry((tag.category.clone(), tag.name.clone()))
                        .or_default() += 1;
                }
                _ => {}
            }
        }
        let total = counts.values().sum();
        let counts = counts.into_iter().map(|((category, tag), count)| TagCount {
            category,
            tag,
            count,
        });
        (counts.collect(), total)
    }

    /// The mean duration of runs in each bucket that has any: in hundredths of a second, halves away from zero.
    pub fn response_times(&self, asked: &Asked) -> Vec<(Slot, i64)> {
        let sessions = self.sessions();
        let mut buckets: BTreeMap<Slot, Vec<i64>> = BTreeMap::new();
        for trace in &self.world.traces {
            let is_seen = sessions.iter().any(|s| trace.session == Some(s.id));
            if trace.team == Some(self.tenant) && is_seen {
                let slot = slot(trace.timestamp, asked.zone, asked.every);
                buckets
                    .entry(slot)
                    .or_default()
                    .push(i64::from(trace.duration));
            }
        }
        let rounded = |durations: Vec<i64>| {
            let (total, tens) = (durations.iter().sum::<i64>(), 10 * int(durations.len()));
            // Durations are not negative.
            (2 * total + tens) / (2 * tens)
        };
        buckets
            .into_iter()
            .map(|(slot, durations)| (slot, rounded(durations)))
            .collect()
    }

    /// The runs of each chatbot, its versions' among them, in each of 25 hours.
    pub fn trends(&self, asked: &Asked) -> Vec<Hour> {
        let hour = |instant: DateTime<Utc>| {
            let whole = instant.with_minute(0).and_then(|at| at.with_second(0));
            whole.and_then(|at| at.with_nanosecond(0)).expect("an hour")
        };
        let since = asked.now - TimeDelta::hours(24);
        let family = |id: i64| {
            let mut bots = self.world.experiments.iter();
            let bot = bots.find(|bot| bot.id == id && bot.team == self.tenant)?;
            Some(bot.working_version.unwrap_or(bot.id))
        };
        let mut hours = Vec::new();
        for bot in self.experiments() {
            for after in 0..25 {
                let start = hour(since) + TimeDelta::hours(after);
                let count = |status: &str| {
                    let traces = self.world.traces.iter().filter(|trace| {
                        trace.team == Some(self.tenant)
                            && trace.status == status
                            && trace.timestamp >= since
                            && hour(trace.timestamp) == start
                            && trace.experiment.and_then(family) == Some(bot.id)
                    });
                    int(traces.count())
                };
                hours.push(Hour {
                    experiment: bot.id,
                    start,
                    success: count("success"),
                    error: count("error"),
                });
            }
        }
        hours
    }
}

/// So many bins of equal width between the least and the greatest; the last one has its end.
pub fn histogram(values: &[i64], bins: usize) -> Vec<Bin> {
    let (Some(least), Some(greatest)) = (values.iter().min(), values.iter().max()) else {
        return Vec::new();
    };
    let (least, width) = (i128::from(*least), i128::from(greatest - least));
    let count = i128::try_from(bins).expect("few bins");
    let edge = |at: usize| least * count + width * i128::try_from(at).expect("few bins");
    (0..bins)
        .map(|at| {
            let (start, end) = (edge(at), edge(at + 1));
            let is_last = at + 1 == bins;
            let within = values.iter().filter(|value| {
                let value = i128::from(**value) * count;
                start <= value && (value < end || is_last && value == end)
            });
            Bin {
                start,
                end,
                count: int(within.count()),
            }
        })
        .collect()
}

#[test]
fn bins_have_their_start_and_the_last_its_end() {
    let counts = |values: &[i64], bins| -> Vec<i64> {
        histogram(values, bins)
            .iter()
            .map(|bin| bin.count)
            .collect()
    };
    assert_eq!(counts(&[0, 1, 2, 3, 4], 2), [2, 3]);
    assert_eq!(counts(&[-3, 0, 10], 3), [2, 0, 1]);
    assert_eq!(counts(&[0, 10], 3), [1, 0, 1]);
    // All equal: of no width, and all in the last.
    assert_eq!(counts(&[7, 7], 3), [0, 0, 2]);
    assert!(histogram(&[], 3).is_empty());
    let bins = histogram(&[0, 1], 3);
    assert_eq!((bins[0].end, bins[2].end), (1, 3));
}
