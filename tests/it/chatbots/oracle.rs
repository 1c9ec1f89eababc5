//! What the lists say, by plain loops over a [`World`].

use std::collections::BTreeSet;

use chrono::{DateTime, TimeDelta, Timelike, Utc};

use super::trigrams::similarity;
use crate::oracle::datum::{Datum, Decoded};
use crate::world::{Experiment, Session, Trace, World};

/// What one team sees of a world.
pub struct Oracle<'w> {
    pub world: &'w World,
    pub tenant: i64,
}

fn int(count: usize) -> Datum {
    Datum::Int(i64::try_from(count).unwrap_or(0))
}

fn is_evaluation(session: &Session) -> bool {
    session.platform.as_deref() == Some("evaluations")
}

/// The hour by the clock of UTC.
fn hour(instant: DateTime<Utc>) -> DateTime<Utc> {
    let whole = instant.with_minute(0).and_then(|at| at.with_second(0));
    whole.and_then(|at| at.with_nanosecond(0)).expect("an hour")
}

impl<'w> Oracle<'w> {
    /// The chatbots of the list.
    pub fn chatbots(&self, with_archived: bool) -> Vec<&'w Experiment> {
        let bots = self.world.experiments.iter().filter(|bot| {
            bot.team == self.tenant
                && bot.working_version.is_none()
                && bot.pipeline.is_some()
                && (with_archived || !bot.is_archived)
        });
        bots.collect()
    }

    /// Whether a search finds a chatbot.
    pub fn is_found(&self, bot: &Experiment, text: &str) -> bool {
        let alike = bot.description.as_ref().is_some_and(|description| {
            let alike = similarity(&bot.name, text) + similarity(description, text);
            // As the origin compares: a double with one.
            f64::from(alike) > 0.1
        });
        let owner = self.world.users.iter().find(|user| user.id == bot.owner);
        let is_called = |user: &crate::world::User| {
            let name = user.username.to_ascii_lowercase();
            name.contains(&text.to_ascii_lowercase())
        };
        alike || owner.is_some_and(is_called)
    }

    fn sessions(&self) -> impl Iterator<Item = &'w Session> {
        let tenant = self.tenant;
        let sessions = self.world.sessions.iter();
        sessions.filter(move |session| session.team == tenant)
    }

    fn sessions_of(&self, bot: &Experiment) -> Vec<&'w Session> {
        let sessions = self.sessions();
        sessions.filter(|s| s.experiment == bot.id).collect()
    }

    fn traces(&self) -> impl Iterator<Item = &'w Trace> {
        let tenant = self.tenant;
        let traces = self.world.traces.iter();
        traces.filter(move |trace| trace.team == Some(tenant))
    }

    fn people_of(&self, bot: &Experiment) -> Vec<&'w Session> {
        let mut sessions = self.sessions_of(bot);
        sessions.retain(|session| !is_evaluation(session));
        sessions
    }

    pub fn participants(&self, bot: &Experiment) -> Datum {
        let sessions = self.people_of(bot);
        let people: BTreeSet<i64> = sessions.iter().map(|s| s.participant).collect();
        int(people.len())
    }

    pub fn session_count(&self, bot: &Experiment) -> Datum {
        int(self.people_of(bot).len())
    }

    pub fn interactions(&self, bot: &Experiment) -> Datum {
        let traces = self.traces().filter(|trace| {
            let session = self.sessions().find(|s| Some(s.id) == trace.session);
            trace.experiment == Some(bot.id) && !session.is_some_and(is_evaluation)
        });
        int(traces.count())
    }

    pub fn last_activity(&self, bot: &Experiment) -> Datum {
        let sessions = self.people_of(bot);
        let last = sessions.iter().filter_map(|s| s.last_activity_at).max();
        last.datum()
    }

    pub fn all_participants(&self, bot: &Experiment) -> Datum {
        let sessions = self.sessions_of(bot);
        let people: BTreeSet<i64> = sessions.iter().map(|s| s.participant).collect();
        int(people.len())
    }

    pub fn all_sessions(&self, bot: &Experiment) -> Datum {
        int(self.sessions_of(bot).len())
    }

    pub fn trace_count(&self, bot: &Experiment) -> Datum {
        let traces = self.traces();
        int(traces.filter(|t| t.experiment == Some(bot.id)).count())
    }

    pub fn last_trace(&self, bot: &Experiment) -> Datum {
        let traces = self.traces().filter(|t| t.experiment == Some(bot.id));
        traces.map(|trace| trace.timestamp).max().datum()
    }

    /// How often a chatbot or one of its versions ended so in each of 25 hours.
    pub fn trend(&self, bot: &Experiment, now: DateTime<Utc>, status: &str) -> Datum {
        let since = now - TimeDelta::hours(24);
        let is_family = |id: i64| {
            let mut bots = self.world.experiments.iter();
            let other = bots.find(|other| other.id == id && other.team == self.tenant);
            other.is_some_and(|other| other.id == bot.id || other.working_version == Some(bot.id))
        };
        let counts = (0..25).map(|after| {
            let start = hour(since) + TimeDelta::hours(after);
            let traces = self.traces().filter(|trace| {
                trace.status == status
                    && trace.timestamp >= since
                    && hour(trace.timestamp) == start
                    && trace.experiment.is_some_and(is_family)
            });
            int(traces.count())
        });
        Datum::Array(counts.collect())
    }

    /// The sessions that are not in a dataset yet.
    pub fn dataset_sessions(&self, dataset: i64) -> Vec<&'w Session> {
        let world = self.world;
        let mut datasets = world.datasets.iter();
        let is_own = datasets.any(|d| d.id == dataset && d.team == self.tenant);
        let is_in = |session: &Session| {
            let mut links = world.dataset_messages.iter();
            is_own
                && links.any(|link| {
                    let mut messages = world.evaluation_messages.iter();
                    link.dataset == dataset
                        && messages.any(|m| m.id == link.message && m.session == Some(session.id))
                })
        };
        self.sessions().filter(|session| !is_in(session)).collect()
    }

    /// The sessions with messages that are not in a queue yet.
    pub fn queue_sessions(&self, queue: i64) -> Vec<&'w Session> {
        let world = self.world;
        let is_in = |session: &Session| {
            let mut items = world.annotation_items.iter();
            items.any(|item| {
                item.team == self.tenant && item.queue == queue && item.session == Some(session.id)
            })
        };
        let sessions = self.sessions().filter(|session| {
            !is_evaluation(session) && !is_in(session) && self.message_count(session) > 0
        });
        sessions.collect()
    }

    pub fn message_count(&self, session: &Session) -> usize {
        let messages = self.world.messages.iter();
        messages.filter(|m| m.chat == session.chat).count()
    }

    /// What the chatbot of a session is called, if it is the team's.
    pub fn chatbot(&self, session: &Session) -> Datum {
        let mut bots = self.world.experiments.iter();
        let bot = bots.find(|bot| bot.id == session.experiment && bot.team == self.tenant);
        bot.map(|bot| bot.name.clone()).datum()
    }
}
