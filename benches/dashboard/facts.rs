//! What panels say, whoever was asked: rows of text, each beginning with the panel's name.

use std::error::Error;

use chrono::{DateTime, NaiveDate, Utc};
use postgres::types::{FromSql, Type};

pub type Facts = Vec<Vec<String>>;

/// The seven numbers of the overview, in the order of the origin's.
pub struct Overview {
    pub experiments: i64,
    pub participants: i64,
    pub sessions: i64,
    pub messages: i64,
    pub active_experiments: i64,
    pub active_participants: i64,
    pub completed_sessions: i64,
}

impl Overview {
    /// With the ratios that the origin's application computes.
    pub fn facts(&self) -> Facts {
        let ratio = |dividend: i64, divisor: i64| match divisor {
            0 => 0.0,
            divisor => dividend as f64 / divisor as f64,
        };
        self.facts_with([
            ratio(self.completed_sessions, self.sessions) * 100.0,
            ratio(self.messages, self.sessions),
            ratio(self.sessions, self.active_participants),
        ])
    }

    /// With these ratios.
    pub fn facts_with(&self, ratios: [f64; 3]) -> Facts {
        let numbers = [
            ("experiments", self.experiments),
            ("participants", self.participants),
            ("sessions", self.sessions),
            ("messages", self.messages),
            ("active experiments", self.active_experiments),
            ("active participants", self.active_participants),
            ("completed sessions", self.completed_sessions),
        ];
        let numbers = numbers
            .iter()
            .map(|(name, number)| fact("overview", [*name, &number.to_string()]));
        let names = ["completed", "messages a session", "sessions a participant"];
        let ratios = names.into_iter().zip(ratios.map(rounded));
        let ratios = ratios.map(|(name, ratio)| fact("overview", [name.to_owned(), ratio]));
        numbers.chain(ratios).collect()
    }
}

/// A day of one of the charts; one on which nothing happened says nothing.
pub fn day(chart: &str, day: NaiveDate, numbers: &[i64]) -> Option<Vec<String>> {
    let happened = numbers.iter().any(|number| *number != 0);
    happened.then(|| {
        let numbers = numbers.iter().map(i64::to_string);
        fact(chart, std::iter::once(day.to_string()).chain(numbers))
    })
}

/// An hour of a chatbot; one without runs says nothing.
pub fn run_hour(bot: i64, hour: DateTime<Utc>, success: i64, error: i64) -> Option<Vec<String>> {
    (success != 0 || error != 0).then(|| {
        let cells = [
            bot.to_string(),
            hour.to_string(),
            success.to_string(),
            error.to_string(),
        ];
        fact("trends", cells)
    })
}

pub fn fact(panel: &str, cells: impl IntoIterator<Item = impl Into<String>>) -> Vec<String> {
    let cells = cells.into_iter().map(Into::into);
    std::iter::once(panel.to_owned()).chain(cells).collect()
}

/// As many digits as the ways agree in: they divide and round in different places.
pub fn rounded(number: f64) -> String {
    format!("{number:.3}")
}

/// An interval that the server computed.
pub struct Minutes(pub f64);

impl<'a> FromSql<'a> for Minutes {
    fn from_sql(_: &Type, raw: &'a [u8]) -> Result<Self, Box<dyn Error + Sync + Send>> {
        // Microseconds, days, and months, which differences between instants never have.
        let microseconds = raw.first_chunk().ok_or("an interval is longer")?;
        let days = raw[8..].first_chunk().ok_or("an interval is longer")?;
        let microseconds = i64::from_be_bytes(*microseconds) as f64;
        let days = f64::from(i32::from_be_bytes(*days));
        Ok(Self(microseconds / 60_000_000.0 + days * 1_440.0))
    }

    fn accepts(column: &Type) -> bool {
        *column == Type::INTERVAL
    }
}
