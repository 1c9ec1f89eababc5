//! What is asked of a dashboard, and statements from files about it.

use postgres::Client;
use sea_query::Value;

use crate::place::{Place, Team, Window, ZONE};
use crate::report::Fallible;
use crate::report::job::{Query, text};

macro_rules! sql {
    ($name:literal) => {
        include_str!(concat!("../sql/dashboard/", $name, ".sql"))
    };
}
pub(crate) use sql;

/// What statements have in common.
const PARTS: [(&str, &str); 4] = [
    ("{sessions}", sql!("today_sessions")),
    ("{messages}", sql!("today_messages")),
    ("{numbers}", sql!("best_numbers")),
    ("{days}", sql!("best_days")),
];

/// Whose dashboard, of what time, of all chatbots or of one.
#[derive(Clone, Copy)]
pub struct Asked<'a> {
    pub place: &'a Place,
    pub team: Team,
    pub window: Window,
    pub bots: Bots,
}

/// Of which chatbots.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Bots {
    All,
    /// The team's largest.
    One,
}

impl Asked<'_> {
    /// For a job's key.
    pub fn key(&self) -> String {
        let bots = match self.bots {
            Bots::All => "all",
            Bots::One => "one",
        };
        format!("{}_{}_{bots}", self.window.key, self.team.key)
    }

    /// For a job's title.
    pub fn name(&self) -> String {
        let bots = match self.bots {
            Bots::All => "",
            Bots::One => ", one chatbot",
        };
        format!("{}, {}{bots}", self.window.name, self.team.name)
    }

    /// A statement from a file.
    pub fn query(&self, source: &str) -> Query {
        let mut text = self.text(source);
        for (name, part) in PARTS {
            if text.contains(name) {
                text = text.replace(name, &self.text(part));
            }
        }
        // Numbered anew: a statement has no parameter that it does not read.
        let mut parameters = Vec::new();
        for (at, value) in self.values().into_iter().enumerate() {
            let name = format!("${}", at + 1);
            if text.contains(&name) {
                parameters.push(value);
                text = text.replace(&name, &format!("${}", parameters.len()));
            }
        }
        Query { text, parameters }
    }

    /// The lines that are there for what is asked.
    fn text(&self, source: &str) -> String {
        let (own, other) = match self.bots {
            Bots::All => ("-- all bots", "-- one bot"),
            Bots::One => ("-- one bot", "-- all bots"),
        };
        let lines = source.lines().filter(|line| !line.ends_with(other));
        let lines = lines.map(|line| line.strip_suffix(own).unwrap_or(line));
        text(&lines.collect::<Vec<_>>().join("\n"))
    }

    /// The parameters of the files, from `$1` on.
    fn values(&self) -> [Value; 6] {
        [
            self.team.id.into(),
            self.window.start.into(),
            self.window.end.into(),
            ZONE.into(),
            self.team.bot.into(),
            self.place.ids.message.value().into(),
        ]
    }

    /// The turns of conversations in the window: what there is to count.
    pub fn messages(&self, client: &mut Client) -> Fallible<u64> {
        let query = self.query(sql!("today_total_messages"));
        let rows =
            pagewise::driver::postgres::Execute::run(client, &query.text, &query.parameters)?;
        let row = rows.first().ok_or("a count has a row")?;
        Ok(u64::try_from(row.try_get::<_, i64>(0)?)?)
    }
}
