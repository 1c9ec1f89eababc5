//! The ways to outdate results, and how each is made and taken away.

use pagewise::cache::Sources;
use pagewise::chat;
use postgres::Client;

use crate::writes::Fallible;
use crate::writes::costs::Named;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    Nothing,
    Notes,
    Notifying,
    Deleting,
}

/// What the document's signal does for each message that is saved, as a trigger: the statement alone, without the way there.
const DELETING: &str = "
    CREATE FUNCTION seed_deletes() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        DELETE FROM dashboard_dashboardcache AS entry USING chat_chat AS chat
        WHERE chat.id = NEW.chat_id AND entry.team_id = chat.team_id
            AND (entry.cache_key LIKE '%overview_stats%' OR entry.cache_key LIKE '%message_volume%'
                OR entry.cache_key LIKE '%tag_analytics%');
        RETURN NULL;
    END $$;
    CREATE TRIGGER seed_deletes AFTER INSERT ON chat_chatmessage FOR EACH ROW EXECUTE FUNCTION seed_deletes()";

const NO_DELETING: &str =
    "DROP TRIGGER seed_deletes ON chat_chatmessage; DROP FUNCTION seed_deletes()";

impl Named for Way {
    fn words(self) -> &'static str {
        match self {
            Self::Nothing => "no trigger",
            Self::Notes => "pagewise, notes",
            Self::Notifying => "pagewise, notes that are sent",
            Self::Deleting => "a DELETE for each message, as in the document",
        }
    }
}

impl Way {
    pub const ALL: [Self; 4] = [Self::Nothing, Self::Notes, Self::Notifying, Self::Deleting];

    fn sources(self) -> Option<Sources> {
        match self {
            Self::Nothing | Self::Deleting => None,
            Self::Notes => Some(chat::cache_sources()),
            Self::Notifying => Some(chat::cache_sources().notifying()),
        }
    }

    pub fn make(self, client: &mut Client) -> Fallible<()> {
        if self == Self::Deleting {
            client.batch_execute(DELETING)?;
        }
        if let Some(sources) = self.sources() {
            for step in sources.steps()? {
                client.batch_execute(&step.sql())?;
            }
        }
        Ok(())
    }

    pub fn take_away(self, client: &mut Client) -> Fallible<()> {
        if self == Self::Deleting {
            client.batch_execute(NO_DELETING)?;
        }
        if let Some(sources) = self.sources() {
            for step in sources.steps()?.iter().rev() {
                client.batch_execute(&step.undo_sql().unwrap_or_default())?;
            }
        }
        client.batch_execute("TRUNCATE pagewise_cache_note")?;
        client.batch_execute("VACUUM")?;
        Ok(())
    }
}
