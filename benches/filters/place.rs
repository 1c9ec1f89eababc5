//! What in the data is asked for.

use std::error::Error;

use pagewise::chat::{self, TaggableIds};
use pagewise::statistics::Statistics;
use pagewise::{ContentTypes, Listing, Page, Total};
use postgres::Client;

use crate::report::TEAM;

/// How many sessions the chatbot of the selective filter has, about.
const FEW_SESSIONS: i64 = 200;
/// The platform of the broad filter, which half of the sessions are on.
pub const PLATFORM: &str = "web";

pub struct Place {
    pub ids: TaggableIds,
    pub statistics: Statistics,
    /// The sessions of the team.
    pub sessions: u64,
    /// A chatbot with few sessions, and how many.
    pub chatbot: i64,
    pub chatbot_sessions: i64,
    pub rare: Tag,
    pub common: Tag,
    pub bulk: Tag,
}

/// A tag of the team.
#[derive(Clone, Copy)]
pub struct Tag {
    /// What the jobs call it.
    pub key: &'static str,
    pub name: &'static str,
    pub id: i64,
}

impl Place {
    pub fn find(client: &mut Client) -> Result<Self, Box<dyn Error>> {
        let sessions = Listing::of(chat::Session)
            .tenant(TEAM)
            .page(Page::first(1).with_total(Total::Exact))
            .build()?
            .fetch(client)?;
        let Some(pagewise::listing::TotalCount::Exact(sessions)) = sessions.total() else {
            return Err("an exact total was asked for".into());
        };
        let chatbot = client.query_one(
            "SELECT experiment_id, count(*) FROM experiments_experimentsession WHERE team_id = $1
             GROUP BY 1 ORDER BY abs(count(*) - $2), 1 LIMIT 1",
            &[&TEAM, &FEW_SESSIONS],
        )?;
        // The name may be that of several tags: the one that users hang on is meant.
        let mut tag = |key, name| {
            let row = client.query_one(
                "SELECT id FROM annotations_tag WHERE team_id = $1 AND name = $2 AND category = ''",
                &[&TEAM, &name],
            )?;
            let id = row.get(0);
            Ok::<_, postgres::Error>(Tag { key, name, id })
        };
        Ok(Self {
            sessions,
            chatbot: chatbot.get(0),
            chatbot_sessions: chatbot.get(1),
            rare: tag("rare", "tag-rare")?,
            common: tag("common", "tag-01")?,
            bulk: tag("bulk", "tag-bulk")?,
            ids: ContentTypes::default().resolve(client, &chat::TAGGABLE)?,
            statistics: Statistics::read(client, &chat::filter_tables())?,
        })
    }
}
