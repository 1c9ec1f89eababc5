//! By hand: the overview and the charts in one pass over the messages.

use postgres::Row;

use crate::asked::{Asked, Bots, sql};
use crate::facts::{Facts, Overview, day};
use crate::report::job::Candidate;
use crate::report::{Fallible, TEAM};

/// The overview.
pub fn overview(asked: &Asked<'_>) -> Vec<Candidate> {
    let mut forms = vec![
        ("joined", sql!("best_overview_joined")),
        ("by session", sql!("best_overview_by_session")),
    ];
    // All teams' messages are read. For a little of them that is minutes, where the planner thinks of a loop.
    if asked.team.id == TEAM && asked.bots == Bots::All {
        forms.push(("by message", sql!("best_overview_by_message")));
    }
    forms
        .iter()
        .map(|(form, source)| candidate(asked, form, source, read_overview))
        .collect()
}

/// The three charts.
pub fn charts(asked: &Asked<'_>) -> Vec<Candidate> {
    let forms = [
        ("joined", sql!("best_charts_joined")),
        ("by session", sql!("best_charts_by_session")),
    ];
    forms
        .iter()
        .map(|(form, source)| candidate(asked, form, source, read_charts))
        .collect()
}

fn candidate(
    asked: &Asked<'_>,
    form: &'static str,
    source: &str,
    read: fn(&[Row]) -> Fallible<Facts>,
) -> Candidate {
    let mut candidate = Candidate::by_hand(form, [asked.query(source)]);
    candidate.reading = Some(Box::new(move |answers| {
        read(answers.first().map_or(&[], Vec::as_slice))
    }));
    candidate
}

fn read_overview(rows: &[Row]) -> Fallible<Facts> {
    let row = rows.first().ok_or("an overview has a row")?;
    Ok(Overview {
        experiments: row.try_get("total_experiments")?,
        participants: row.try_get("total_participants")?,
        sessions: row.try_get("sessions")?,
        messages: row.try_get("messages")?,
        active_experiments: row.try_get("active_experiments")?,
        active_participants: row.try_get("participants")?,
        completed_sessions: row.try_get("completed")?,
    }
    .facts())
}

fn read_charts(rows: &[Row]) -> Fallible<Facts> {
    let (mut participants, mut sessions, mut messages) = (Facts::new(), Facts::new(), Facts::new());
    for row in rows {
        let date = row.try_get("day")?;
        let authors: i64 = row.try_get("participants")?;
        let active: i64 = row.try_get("sessions")?;
        let (human, ai): (i64, i64) = (row.try_get("human")?, row.try_get("ai")?);
        participants.extend(day("active participants", date, &[authors]));
        sessions.extend(day("session analytics", date, &[active, authors]));
        messages.extend(day("message volume", date, &[human, ai, human + ai]));
    }
    Ok([participants, sessions, messages].concat())
}
