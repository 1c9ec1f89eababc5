//! What is asked of the list of chatbots, as plain data.

use std::cmp::Ordering;

use chrono::{DateTime, Utc};
use pagewise::chat::{self, Experiment};
use pagewise::driver::Row;
use pagewise::{Annotation, Error, Listing};
use proptest::collection::vec;
use proptest::option::weighted;
use proptest::prelude::*;
use proptest::sample::{select, subsequence};

use super::data::NAMES;
use super::oracle::Oracle;
use crate::oracle::datum::{Datum, Decoded};
use crate::scene::Scene;
use crate::world;

/// Something that the list says of a chatbot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Number {
    Participants,
    Sessions,
    Interactions,
    LastActivity,
    Successes,
    Errors,
    AllParticipants,
    AllSessions,
    Traces,
    LastTrace,
}

pub const NUMBERS: [Number; 10] = [
    Number::Participants,
    Number::Sessions,
    Number::Interactions,
    Number::LastActivity,
    Number::Successes,
    Number::Errors,
    Number::AllParticipants,
    Number::AllSessions,
    Number::Traces,
    Number::LastTrace,
];

/// What the list is sorted by.
pub const FIELDS: [&str; 5] = [
    "name",
    "participant_count",
    "session_count",
    "interaction_count",
    "last_activity",
];

/// A handle of a listing.
enum Handle {
    Count(Annotation<Experiment, i64>),
    Time(Annotation<Experiment, Option<DateTime<Utc>>>),
    Counts(Annotation<Experiment, Vec<i64>>),
}

impl Number {
    fn handle(self, now: DateTime<Utc>) -> Handle {
        let (numbers, traces) = (chat::chatbot_numbers(), chat::chatbot_trace_numbers());
        match self {
            Self::Participants => Handle::Count(numbers.participants),
            Self::Sessions => Handle::Count(numbers.sessions),
            Self::Interactions => Handle::Count(numbers.interactions),
            Self::LastActivity => Handle::Time(numbers.last_activity),
            Self::Successes => Handle::Counts(chat::chatbot_trends(now).success),
            Self::Errors => Handle::Counts(chat::chatbot_trends(now).error),
            Self::AllParticipants => Handle::Count(traces.all_participants),
            Self::AllSessions => Handle::Count(traces.all_sessions),
            Self::Traces => Handle::Count(traces.traces),
            Self::LastTrace => Handle::Time(traces.last_trace),
        }
    }

    pub fn show(self, listing: Listing<Experiment>, now: DateTime<Utc>) -> Listing<Experiment> {
        match self.handle(now) {
            Handle::Count(count) => listing.show(count),
            Handle::Time(time) => listing.show(time),
            Handle::Counts(counts) => listing.show(counts),
        }
    }

    pub fn read(self, row: &Row<Experiment>, now: DateTime<Utc>) -> Result<Datum, Error> {
        match self.handle(now) {
            Handle::Count(count) => row.get(count).map(Decoded::datum),
            Handle::Time(time) => row.get(time).map(Decoded::datum),
            Handle::Counts(counts) => row.get(counts).map(Decoded::datum),
        }
    }

    /// What the rows say.
    pub fn of(self, oracle: &Oracle<'_>, bot: &world::Experiment, now: DateTime<Utc>) -> Datum {
        match self {
            Self::Participants => oracle.participants(bot),
            Self::Sessions => oracle.session_count(bot),
            Self::Interactions => oracle.interactions(bot),
            Self::LastActivity => oracle.last_activity(bot),
            Self::Successes => oracle.trend(bot, now, "success"),
            Self::Errors => oracle.trend(bot, now, "error"),
            Self::AllParticipants => oracle.all_participants(bot),
            Self::AllSessions => oracle.all_sessions(bot),
            Self::Traces => oracle.trace_count(bot),
            Self::LastTrace => oracle.last_trace(bot),
        }
    }
}

/// A request of a team.
#[derive(Clone, Debug)]
pub struct Asked {
    pub tenant: i64,
    pub with_archived: bool,
    pub search: Option<&'static str>,
    /// Fields, and whether descending; the list's own order if there is none.
    pub sort: Vec<(&'static str, bool)>,
    pub shown: Vec<Number>,
    pub now: DateTime<Utc>,
    pub size: u32,
}

pub fn asked(scene: &'static Scene) -> impl Strategy<Value = Asked> {
    let sort = prop_oneof![
        1 => Just(Vec::new()),
        4 => vec((select(&FIELDS[..]), any::<bool>()), 1..3),
    ];
    (
        prop_oneof![5 => Just(1), 1 => world::TEAMS],
        any::<bool>(),
        weighted(0.4, select(NAMES)),
        sort,
        subsequence(&NUMBERS[..], 0..=NUMBERS.len()),
        select(&*scene.moments),
        1_u32..6,
    )
        .prop_map(
            |(tenant, with_archived, search, sort, shown, now, size)| Asked {
                tenant,
                with_archived,
                search,
                sort,
                shown,
                now,
                size,
            },
        )
}

impl Asked {
    /// The list as a host makes it, without a page.
    pub fn listing(&self) -> Listing<Experiment> {
        let listing = match self.with_archived {
            true => chat::chatbots_with_archived(),
            false => chat::chatbots(),
        };
        let words = self
            .sort
            .iter()
            .map(|(field, descending)| match descending {
                true => format!("-{field}"),
                false => (*field).to_owned(),
            });
        let words = words.collect::<Vec<_>>().join(",");
        let orders = chat::chatbot_sort_fields().parse(&words).expect("fields");
        let mut listing = listing.tenant(self.tenant).order_by_all(orders);
        if let Some(text) = self.search {
            listing = listing.filter(chat::chatbot_search(text));
        }
        let shown = self.shown.iter();
        shown.fold(listing, |listing, number| number.show(listing, self.now))
    }

    /// The key, and what is shown.
    pub fn line(&self, row: &Row<Experiment>) -> Result<Line, Error> {
        let shown = self.shown.iter();
        let values = shown.map(|number| number.read(row, self.now));
        Ok((row.get(Experiment::ID)?, values.collect::<Result<_, _>>()?))
    }

    /// All lines in their order.
    pub fn expected(&self, oracle: &Oracle<'_>) -> Vec<Line> {
        let mut bots = oracle.chatbots(self.with_archived);
        bots.retain(|bot| self.search.is_none_or(|text| oracle.is_found(bot, text)));
        bots.sort_by(|a, b| self.compare(oracle, a, b));
        let line = |bot: &&world::Experiment| {
            let shown = self.shown.iter();
            let values = shown.map(|number| number.of(oracle, bot, self.now));
            (bot.id, values.collect())
        };
        bots.iter().map(line).collect()
    }

    fn compare(
        &self,
        oracle: &Oracle<'_>,
        a: &world::Experiment,
        b: &world::Experiment,
    ) -> Ordering {
        let own = [("last_activity", true)];
        let sort = match self.sort.is_empty() {
            true => &own[..],
            false => &self.sort,
        };
        let mut last = false;
        for (at, (field, descending)) in sort.iter().enumerate() {
            // What is sorted by already decides nothing more.
            if sort[..at].iter().any(|(before, _)| before == field) {
                continue;
            }
            let value = |bot: &world::Experiment| match *field {
                "name" => bot.name.clone().datum(),
                "participant_count" => oracle.participants(bot),
                "session_count" => oracle.session_count(bot),
                "interaction_count" => oracle.interactions(bot),
                _ => oracle.last_activity(bot),
            };
            let (a, b) = (value(a), value(b));
            // NULL is the last in both directions.
            let order = match (a.is_null(), b.is_null(), descending) {
                (false, false, true) => b.cmp(&a),
                _ => a.cmp(&b),
            };
            if order.is_ne() {
                return order;
            }
            last = *descending;
        }
        match last {
            true => b.id.cmp(&a.id),
            false => a.id.cmp(&b.id),
        }
    }
}

/// A row: its key and what is shown.
pub type Line = (i64, Vec<Datum>);
