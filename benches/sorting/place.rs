//! Whose lists are asked for.

use postgres::Client;

use crate::by_hand::sql;
use crate::report::{Fallible, TEAM};

/// A team in the middle. There are forty, from scale 0.1 on.
const MIDDLE_TEAM: i64 = 8;
/// The team that is added, and how far its rows' keys are from those that they are copied from.
const TINY_TEAM: i64 = 1_000;
const SHIFT: i64 = 1_000_000_000;

pub struct Place {
    pub large: Team,
    pub middle: Team,
    pub tiny: Team,
}

/// Whose list, and how long it is.
#[derive(Clone, Copy)]
pub struct Team {
    pub key: &'static str,
    pub name: &'static str,
    pub id: i64,
    pub sessions: u64,
    pub chatbots: u64,
}

impl Place {
    /// The teams; the tiny one is added.
    pub fn make(client: &mut Client) -> Fallible<Self> {
        let row = client.query_one("SELECT max(id) FROM teams_team", &[])?;
        let last: i64 = row.get(0);
        let tiny_team = sql!("tiny_team")
            .replace("{team}", &last.to_string())
            .replace("{tiny}", &TINY_TEAM.to_string())
            .replace("{shift}", &SHIFT.to_string());
        client.batch_execute(&tiny_team)?;
        let mut team = |key, name, id| {
            let row = client.query_one(
                "SELECT (SELECT count(*) FROM experiments_experimentsession WHERE team_id = $1),
                   (SELECT count(*) FROM experiments_experiment WHERE team_id = $1 AND working_version_id IS NULL
                     AND pipeline_id IS NOT NULL AND NOT is_archived)",
                &[&id],
            )?;
            Ok::<_, Box<dyn std::error::Error>>(Team {
                key,
                name,
                id,
                sessions: u64::try_from(row.get::<_, i64>(0))?,
                chatbots: u64::try_from(row.get::<_, i64>(1))?,
            })
        };
        Ok(Self {
            large: team("large", "largest team", TEAM)?,
            middle: team("middle", "middle team", MIDDLE_TEAM.min(last / 2))?,
            tiny: team("tiny", "tiny team", TINY_TEAM)?,
        })
    }

    pub fn teams(&self) -> [Team; 3] {
        [self.large, self.middle, self.tiny]
    }
}
