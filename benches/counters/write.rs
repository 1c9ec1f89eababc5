//! What it costs to write messages.

use std::time::Instant;

use postgres::Client;

use crate::ROWS;
use crate::way::Way;
use crate::writes::Fallible;
use crate::writes::costs::{Costs, Named};

/// Where the messages go, and how.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Load {
    Spread,
    Hot,
    SpreadOneByOne,
    HotOneByOne,
}

impl Named for Load {
    fn words(self) -> &'static str {
        match self {
            Self::Spread => "one statement, many sessions",
            Self::Hot => "one statement, 50 sessions",
            Self::SpreadOneByOne => "a statement for each, many sessions",
            Self::HotOneByOne => "a statement for each, 50 sessions",
        }
    }
}

impl Load {
    pub const ALL: [Self; 4] = [
        Self::Spread,
        Self::Hot,
        Self::SpreadOneByOne,
        Self::HotOneByOne,
    ];

    /// Writes the messages, the ones of this round.
    fn write(self, client: &mut Client, chats: &[i64], round: usize) -> Fallible<()> {
        let is_hot = matches!(self, Self::Hot | Self::HotOneByOne);
        let few = if is_hot { 50 } else { chats.len() };
        let chat = |at: i64| {
            let step = if is_hot { 1 } else { 7_919 };
            let at = usize::try_from(at).unwrap_or_default() * step + round * 31;
            chats[at % few]
        };
        let text = "INSERT INTO chat_chatmessage (chat_id, message_type, content, created_at)
             SELECT chat, 'human', 'How are you today, and what is there to do?', clock_timestamp()
             FROM unnest($1::bigint[]) AS chat";
        let statement = client.prepare(text)?;
        let all: Vec<_> = (0..ROWS).map(chat).collect();
        match self {
            Self::Spread | Self::Hot => client.execute(&statement, &[&all])?,
            Self::SpreadOneByOne | Self::HotOneByOne => {
                for chat in &all {
                    client.execute(&statement, &[&std::slice::from_ref(chat)])?;
                }
                0
            }
        };
        Ok(())
    }
}

pub fn measure(client: &mut Client, rounds: usize) -> Fallible<Costs<Way, Load>> {
    let chats = client.query(
        "SELECT chat_id FROM experiments_experimentsession ORDER BY id DESC",
        &[],
    )?;
    let chats: Vec<i64> = chats.iter().map(|row| row.get(0)).collect();
    let mut costs = Costs::new();
    for way in Way::ALL {
        eprintln!("{}", way.words());
        way.make(client)?;
        for load in Load::ALL {
            for round in 0..rounds {
                client.batch_execute("CHECKPOINT")?;
                let start = Instant::now();
                load.write(client, &chats, round)?;
                costs.add(way, load, start.elapsed().as_secs_f64() * 1_000.0);
            }
            client.batch_execute(
                "DELETE FROM chat_chatmessage WHERE content = 'How are you today, and what is there to do?'",
            )?;
            client.batch_execute("VACUUM")?;
        }
        way.take_away(client)?;
    }
    Ok(costs)
}
