//! What it costs to write messages.

use std::thread;
use std::time::Instant;

use pagewise_reference::Database;
use postgres::Client;

use crate::way::Way;
use crate::writes::Fallible;
use crate::writes::costs::{Costs, Named};

/// How messages are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Load {
    Transactions,
    Statement,
    Statements,
    Writers,
}

/// How many writers there are at once.
const WRITERS: usize = 4;
const TEXT: &str = "INSERT INTO chat_chatmessage (chat_id, message_type, content, created_at)
    SELECT chat, 'human', 'How are you today, and what is there to do?', clock_timestamp() FROM unnest($1::bigint[]) AS chat";

impl Named for Load {
    fn words(self) -> &'static str {
        match self {
            Self::Transactions => "1000 transactions of 1",
            Self::Statement => "1000 in one statement",
            Self::Statements => "1000 statements in one transaction",
            Self::Writers => "4 writers of 250 transactions",
        }
    }
}

impl Load {
    pub const ALL: [Self; 4] = [
        Self::Transactions,
        Self::Statement,
        Self::Statements,
        Self::Writers,
    ];

    fn write(self, client: &mut Client, database: &Database, chats: &[i64]) -> Fallible<f64> {
        let statement = client.prepare(TEXT)?;
        let start = Instant::now();
        match self {
            Self::Transactions => {
                for chat in chats {
                    client.execute(&statement, &[&std::slice::from_ref(chat)])?;
                }
            }
            Self::Statement => {
                client.execute(&statement, &[&chats])?;
            }
            Self::Statements => {
                let mut transaction = client.transaction()?;
                for chat in chats {
                    transaction.execute(&statement, &[&std::slice::from_ref(chat)])?;
                }
                transaction.commit()?;
            }
            Self::Writers => return writers(database, chats),
        }
        Ok(start.elapsed().as_secs_f64() * 1_000.0)
    }
}

fn writers(database: &Database, chats: &[i64]) -> Fallible<f64> {
    let mut prepared = Vec::new();
    for part in chats.chunks(chats.len().div_ceil(WRITERS)) {
        let mut client = database.client()?;
        let statement = client.prepare(TEXT)?;
        prepared.push((client, statement, part.to_vec()));
    }
    let start = Instant::now();
    let threads: Vec<_> = prepared
        .into_iter()
        .map(|(mut client, statement, part)| {
            thread::spawn(move || -> Result<(), postgres::Error> {
                for chat in &part {
                    client.execute(&statement, &[&std::slice::from_ref(chat)])?;
                }
                Ok(())
            })
        })
        .collect();
    for thread in threads {
        thread.join().map_err(|_| "a writer has failed")??;
    }
    Ok(start.elapsed().as_secs_f64() * 1_000.0)
}

pub fn measure(
    client: &mut Client,
    database: &Database,
    rounds: usize,
) -> Fallible<Costs<Way, Load>> {
    let chats = client.query("SELECT id FROM chat_chat ORDER BY id DESC LIMIT 50", &[])?;
    let chats: Vec<i64> = chats.iter().map(|row| row.get(0)).collect();
    let chats: Vec<i64> = chats.iter().copied().cycle().take(1_000).collect();
    // Results of 20 teams, 50 each, that a DELETE looks through.
    client.batch_execute(
        "INSERT INTO dashboard_dashboardcache (team_id, cache_key, data, expires_at)
         SELECT team, 'channel_breakdown_' || n, '{}', now() + interval '1 hour'
         FROM generate_series(1, 20) AS team, generate_series(1, 50) AS n",
    )?;
    let mut costs = Costs::new();
    // The first round is for warming up. Each begins with another way, and makes and takes away each by itself.
    for round in 0..=rounds {
        eprintln!("round {round} of {rounds}");
        for turn in 0..Way::ALL.len() {
            let way = Way::ALL[(round + turn) % Way::ALL.len()];
            way.make(client)?;
            for load in Load::ALL {
                client.batch_execute("CHECKPOINT")?;
                let time = load.write(client, database, &chats)?;
                if round > 0 {
                    costs.add(way, load, time);
                }
            }
            way.take_away(client)?;
        }
    }
    Ok(costs)
}
