//! The ways to keep the values, and how each is made and taken away.

use pagewise::chat::{self, Session};
use pagewise::ddl::{Counter, Step};
use postgres::Client;

use crate::writes::Fallible;
use crate::writes::costs::Named;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    Nothing,
    RowTrigger,
    SideTable,
    Columns,
}

/// The seed's columns, kept by what most would write: a trigger for each row.
const ROW_TRIGGER: &str = "
    ALTER TABLE experiments_experimentsession ADD COLUMN by_hand_first timestamptz, ADD COLUMN by_hand_last timestamptz,
        ADD COLUMN by_hand_count bigint NOT NULL DEFAULT 0;
    UPDATE experiments_experimentsession AS s SET by_hand_first = m.first, by_hand_last = m.last, by_hand_count = m.count
    FROM (SELECT chat_id, min(created_at) AS first, max(created_at) AS last, count(*) AS count FROM chat_chatmessage
        GROUP BY chat_id) AS m WHERE m.chat_id = s.chat_id;
    CREATE INDEX by_hand_by_last ON experiments_experimentsession (team_id, by_hand_last DESC NULLS LAST, id DESC);
    CREATE FUNCTION by_hand() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        UPDATE experiments_experimentsession SET by_hand_first = LEAST(by_hand_first, NEW.created_at),
            by_hand_last = GREATEST(by_hand_last, NEW.created_at), by_hand_count = by_hand_count + 1
        WHERE chat_id = NEW.chat_id;
        RETURN NULL;
    END $$;
    CREATE TRIGGER by_hand AFTER INSERT ON chat_chatmessage FOR EACH ROW EXECUTE FUNCTION by_hand()";

const NO_ROW_TRIGGER: &str = "
    DROP TRIGGER by_hand ON chat_chatmessage;
    DROP FUNCTION by_hand();
    ALTER TABLE experiments_experimentsession DROP COLUMN by_hand_first, DROP COLUMN by_hand_last, DROP COLUMN by_hand_count";

impl Named for Way {
    fn words(self) -> &'static str {
        match self {
            Self::Nothing => "no trigger",
            Self::RowTrigger => "row-level trigger by hand, columns of the session",
            Self::SideTable => "pagewise, a table beside the sessions",
            Self::Columns => "pagewise, columns of the session",
        }
    }
}

impl Way {
    pub const ALL: [Self; 4] = [
        Self::Nothing,
        Self::RowTrigger,
        Self::SideTable,
        Self::Columns,
    ];

    pub fn counter(self) -> Fallible<Option<Counter<Session>>> {
        Ok(match self {
            Self::Nothing | Self::RowTrigger => None,
            Self::SideTable => Some(chat::session_messages()?),
            Self::Columns => Some(
                Counter::of("session_messages", &chat::message_timestamps())
                    .in_columns("kept_")
                    .build()?,
            ),
        })
    }

    pub fn make(self, client: &mut Client) -> Fallible<()> {
        if self == Self::RowTrigger {
            client.batch_execute(ROW_TRIGGER)?;
        }
        if let Some(counter) = self.counter()? {
            run(client, &counter.steps())?;
        }
        if self == Self::Columns {
            client.batch_execute(
                "CREATE INDEX kept_by_last ON experiments_experimentsession
                     (team_id, kept_last_message_at DESC NULLS LAST, id DESC)",
            )?;
        }
        // As if it had always been so: neither table has room for what was there before.
        client.batch_execute("VACUUM FULL experiments_experimentsession")?;
        client.batch_execute("VACUUM ANALYZE")?;
        Ok(())
    }

    pub fn take_away(self, client: &mut Client) -> Fallible<()> {
        if self == Self::RowTrigger {
            client.batch_execute(NO_ROW_TRIGGER)?;
        }
        if let Some(counter) = self.counter()? {
            assert_eq!(counter.find_drift(client, 5)?, [], "{}", self.words());
            run(client, &counter.remove())?;
        }
        Ok(())
    }
}

pub fn run(client: &mut Client, steps: &[Step]) -> Fallible<()> {
    for step in steps {
        if step.is_repeated() {
            while client.query_one(&step.sql(), &[])?.get::<_, i64>(0) > 0 {}
        } else {
            client.batch_execute(&step.sql())?;
        }
    }
    Ok(())
}
