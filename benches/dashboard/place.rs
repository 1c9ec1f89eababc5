//! What in the data is asked for.

use chrono::{DateTime, Days, Utc};
use pagewise::ContentTypes;
use pagewise::chat::{self, TaggableIds};
use pagewise_reference::REFERENCE_NOW;
use postgres::Client;

use crate::report::{Fallible, TEAM};

/// The viewer's: two hours east of UTC, so that the days are not UTC's.
pub const ZONE: &str = "Africa/Johannesburg";
/// Long before everything.
const BEFORE_EVERYTHING: &str = "2020-01-01T00:00:00Z";
/// A team in the middle, and a small one. There are forty, from scale 0.1 on.
const MIDDLE_TEAM: i64 = 8;
const SMALL_TEAM: i64 = 30;

pub struct Place {
    pub ids: TaggableIds,
    /// The sessions of the largest team.
    pub sessions: u64,
    pub teams: [Team; 3],
    /// Seven, thirty and ninety days up to the data's end, and everything.
    pub windows: [Window; 4],
}

/// Whose dashboard.
#[derive(Clone, Copy)]
pub struct Team {
    pub key: &'static str,
    /// What the jobs call it.
    pub name: &'static str,
    pub id: i64,
    /// The chatbot of it that has the most sessions.
    pub bot: i64,
}

/// Of what time.
#[derive(Clone, Copy)]
pub struct Window {
    pub key: &'static str,
    pub name: &'static str,
    pub start: DateTime<Utc>,
    pub end: DateTime<Utc>,
}

impl Place {
    pub fn find(client: &mut Client) -> Fallible<Self> {
        let ids = ContentTypes::default().resolve(client, &chat::TAGGABLE)?;
        let row = client.query_one(
            "SELECT count(*) FROM experiments_experimentsession WHERE team_id = $1",
            &[&TEAM],
        )?;
        let sessions: i64 = row.get(0);
        let row = client.query_one("SELECT max(id) FROM teams_team", &[])?;
        let last: i64 = row.get(0);
        let mut team = |key, name, id| {
            let row = client.query_one(
                "SELECT experiment_id FROM experiments_experimentsession WHERE team_id = $1
                 GROUP BY 1 ORDER BY count(*) DESC, 1 LIMIT 1",
                &[&id],
            )?;
            let bot = row.get(0);
            Ok::<_, postgres::Error>(Team { key, name, id, bot })
        };
        Ok(Self {
            ids,
            sessions: u64::try_from(sessions)?,
            teams: [
                team("large", "largest team", TEAM)?,
                team("middle", "middle team", MIDDLE_TEAM.min(last / 2))?,
                team("small", "small team", SMALL_TEAM.min(last))?,
            ],
            windows: windows()?,
        })
    }
}

fn windows() -> Fallible<[Window; 4]> {
    // PostgreSQL's way to write it has no minutes in the offset.
    let end: DateTime<Utc> = format!("{REFERENCE_NOW}:00").parse()?;
    let days = |key, name, days| Window {
        key,
        name,
        start: end - Days::new(days),
        end,
    };
    Ok([
        days("7d", "7 d", 7),
        days("30d", "30 d", 30),
        days("90d", "90 d", 90),
        Window {
            key: "ever",
            name: "everything",
            start: BEFORE_EVERYTHING.parse()?,
            end,
        },
    ])
}
