//! How often results are found of a team that writes steadily.

use std::time::Duration;

use pagewise::cache::{CacheKind, ResultCache, Tier};
use pagewise::chat::dashboard::Panel;
use postgres::Client;

use crate::way::Way;
use crate::writes::Fallible;
use crate::writes::costs::Named;

/// How often the overview is asked for.
const READS: u32 = 60;
/// A team's messages come one by one, this long after another; so long is the schedule made, on the server's clock, by making
/// what is there older.
const BETWEEN: Duration = Duration::from_secs(5);

/// What part of the reads was answered without computing.
pub struct Ratio {
    pub words: String,
    pub writes_per_read: u32,
    pub hits: f64,
}

const WRITES_PER_READ: [u32; 4] = [0, 1, 4, 12];

pub fn measure(client: &mut Client) -> Fallible<Vec<Ratio>> {
    let row = client.query_one("SELECT id, team_id FROM chat_chat ORDER BY id LIMIT 1", &[])?;
    let (chat, team): (i64, i64) = (row.get(0), row.get(1));
    // Nobody is to look through what others have kept.
    client.batch_execute("TRUNCATE dashboard_dashboardcache")?;
    let mut ratios = Vec::new();
    for way in [Way::Deleting, Way::Notes] {
        way.make(client)?;
        let tolerated: &[u64] = match way {
            Way::Notes => &[0, 30, 120],
            _ => &[0],
        };
        for seconds in tolerated {
            for writes in WRITES_PER_READ {
                let tolerated = Duration::from_secs(*seconds);
                let hits = read(client, way, (chat, team), writes, tolerated)?;
                let words = match way {
                    Way::Notes if *seconds > 0 => {
                        format!("{}, {seconds} s tolerated", way.words())
                    }
                    _ => way.words().to_owned(),
                };
                ratios.push(Ratio {
                    words,
                    writes_per_read: writes,
                    hits: f64::from(hits) / f64::from(READS),
                });
            }
        }
        way.take_away(client)?;
    }
    Ok(ratios)
}

/// So much time goes by: all that is there is older.
fn pass(client: &mut Client, time: Duration) -> Fallible<()> {
    let seconds = time.as_secs_f64();
    for text in [
        "UPDATE dashboard_dashboardcache SET computed_at = computed_at - $1 * interval '1 second', expires_at = expires_at - $1 * \
         interval '1 second'",
        "UPDATE pagewise_cache_note SET noted_at = noted_at - $1 * interval '1 second'",
    ] {
        client.execute(text, &[&seconds])?;
    }
    Ok(())
}

fn read(
    client: &mut Client,
    way: Way,
    (chat, team): (i64, i64),
    writes: u32,
    tolerated: Duration,
) -> Fallible<u32> {
    client.batch_execute("TRUNCATE dashboard_dashboardcache, pagewise_cache_note")?;
    let kind: CacheKind<i64> = CacheKind::new(
        Panel::Overview.kind(),
        Tier::OVERVIEW.tolerate_changes(tolerated),
        Panel::Overview.sources(),
    );
    let (cache, key) = (ResultCache::new(), kind.key(team));
    let mut hits = 0;
    for _ in 0..READS {
        for _ in 0..writes {
            client.execute(
                "INSERT INTO chat_chatmessage (chat_id) VALUES ($1)",
                &[&chat],
            )?;
            pass(client, BETWEEN)?;
        }
        if writes == 0 {
            pass(client, BETWEEN)?;
        }
        if way == Way::Deleting {
            let found = client.query_opt(
                "SELECT 1 FROM dashboard_dashboardcache WHERE team_id = $1 AND cache_key = 'overview_stats_seed' AND expires_at > \
                 now()",
                &[&team],
            )?;
            if found.is_some() {
                hits += 1;
            } else {
                client.execute(
                    "INSERT INTO dashboard_dashboardcache (team_id, cache_key, data, expires_at)
                     VALUES ($1, 'overview_stats_seed', '{}', now() + interval '5 minutes')
                     ON CONFLICT (team_id, cache_key) DO UPDATE SET expires_at = excluded.expires_at",
                    &[&team],
                )?;
            }
            continue;
        }
        match cache.lookup(client, &key)?.fresh() {
            Ok(_) => hits += 1,
            Err(ticket) => {
                cache.put(client, &key, &1, &ticket)?;
            }
        }
    }
    Ok(hits)
}
