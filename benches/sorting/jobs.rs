//! What is asked for.

use postgres::Client;

use crate::place::Place;
use crate::report::Fallible;
use crate::report::job::Jobs;
use crate::{chatbots, grid, index_sets, sessions};

/// All jobs.
pub fn at(client: &mut Client, scale: f64) -> Fallible<Jobs> {
    let place = &Place::make(client)?;
    index_sets::make_wanted(client)?;
    client.batch_execute("VACUUM ANALYZE")?;
    for team in place.teams() {
        eprintln!(
            "scale {scale}: {}: {} sessions, {} chatbots",
            team.name, team.sessions, team.chatbots
        );
    }
    let mut jobs = sessions::by_last_message(client, place)?;
    jobs.extend(chatbots::all(client, place)?);
    jobs.extend(grid::all(client, place)?);
    // Last: the data stays so.
    jobs.extend(sessions::by_kept(client, place)?);
    Ok(Jobs {
        sessions: place.large.sessions,
        jobs,
    })
}
