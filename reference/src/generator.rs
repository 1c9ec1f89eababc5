//! The reference data: the steps of a load, and the load.

use std::borrow::Cow;

use postgres::Client;

use crate::error::Error;
use crate::index_set::{IndexSet, indexes, table_of};
use crate::schema::schema;
use crate::step::Step;
use crate::summary::Summary;

/// The instant at which the reference data was "taken": nothing in it is newer.
pub const REFERENCE_NOW: &str = "2026-11-01 00:00:00+00";
/// The smallest scale: 200 sessions in 3 teams, with every trap.
pub const SMALLEST_SCALE: f64 = 0.001;
/// The largest scale: two million sessions.
pub const LARGEST_SCALE: f64 = 10.0;

/// Name, text and share of the time of the steps between the tables and the indexes.
const DATA: [(&str, &str, f64); 13] = [
    ("settings", include_str!("data/01_settings.sql"), 0.1),
    ("teams and users", include_str!("data/02_teams.sql"), 0.1),
    (
        "chatbots and versions",
        include_str!("data/03_chatbots.sql"),
        0.2,
    ),
    (
        "participants",
        include_str!("data/04_participants.sql"),
        0.6,
    ),
    ("channels", include_str!("data/05_channels.sql"), 0.1),
    ("chats", include_str!("data/06_conversations.sql"), 4.0),
    ("messages", include_str!("data/07_messages.sql"), 31.0),
    ("tags", include_str!("data/08_tags.sql"), 4.0),
    ("tag links", include_str!("data/09_tag_links.sql"), 3.0),
    ("sessions", include_str!("data/10_sessions.sql"), 9.0),
    ("traces", include_str!("data/11_traces.sql"), 19.0),
    (
        "dashboards, evaluations, annotations",
        include_str!("data/12_beside.sql"),
        2.5,
    ),
    ("sequences", include_str!("data/13_finish.sql"), 0.2),
];

/// The steps that turn an empty database into the reference database of a scale: tables, data, the origin's indexes,
/// statistics.
///
/// A scale outside [`SMALLEST_SCALE`] to [`LARGEST_SCALE`] is moved to the nearer end.
///
/// # Example
///
/// ```
/// let steps = pagewise_reference::steps(0.01);
/// let all: f64 = steps.iter().map(|step| step.weight).sum();
/// assert_eq!((steps[0].name, all.round()), ("tables", 100.0));
/// ```
pub fn steps(scale: f64) -> Vec<Step> {
    let scale = if scale.is_nan() {
        SMALLEST_SCALE
    } else {
        scale.clamp(SMALLEST_SCALE, LARGEST_SCALE)
    };
    let scale = format!("{scale:?}");
    let mut steps = vec![step("tables", Cow::Borrowed(schema()), 0.1)];
    for (name, text, weight) in DATA {
        steps.push(step(
            name,
            Cow::Owned(text.replace("{scale}", &scale)),
            weight,
        ));
    }
    steps.extend(index_steps());
    steps.push(Step {
        fallback: Some("ANALYZE"),
        ..step("statistics", Cow::Borrowed("VACUUM ANALYZE"), 4.0)
    });
    steps
}

/// Fills an empty database with the reference data of a scale and makes the origin's indexes.
///
/// `on_step` is called before each step with the step, its position (from 0) and the number of steps.
///
/// # Errors
///
/// The scale is outside [`SMALLEST_SCALE`] to [`LARGEST_SCALE`], or a step fails: most often the first, because the
/// database is not empty.
pub fn load(
    client: &mut Client,
    scale: f64,
    mut on_step: impl FnMut(&Step, usize, usize),
) -> Result<Summary, Error> {
    if !(SMALLEST_SCALE..=LARGEST_SCALE).contains(&scale) {
        return Err(Error::Scale(scale));
    }
    let steps = steps(scale);
    for (position, step) in steps.iter().enumerate() {
        on_step(step, position, steps.len());
        run(client, step).map_err(|source| Error::Step {
            step: step.name,
            source,
        })?;
    }
    Summary::count(client)
}

fn run(client: &mut Client, step: &Step) -> Result<(), postgres::Error> {
    let Err(error) = client.batch_execute(&step.sql) else {
        return Ok(());
    };
    match step.fallback {
        Some(fallback) => client.batch_execute(fallback),
        None => Err(error),
    }
}

fn step(name: &'static str, sql: Cow<'static, str>, weight: f64) -> Step {
    Step {
        name,
        sql,
        weight,
        fallback: None,
    }
}

/// The origin's indexes, one step per table.
fn index_steps() -> Vec<Step> {
    let statements = indexes(IndexSet::Origin);
    statements
        .chunk_by(|left, right| table_of(left) == table_of(right))
        .map(|group| {
            let (name, weight) = match group.first().and_then(|statement| table_of(statement)) {
                Some("chat_chatmessage") => ("indexes of messages", 8.0),
                Some("trace_trace") => ("indexes of traces", 7.0),
                Some("annotations_customtaggeditem") => ("indexes of tag links", 4.0),
                Some("experiments_experimentsession") => ("indexes of sessions", 2.0),
                _ => ("indexes", 0.08),
            };
            step(name, Cow::Owned(group.join("\n")), weight)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::steps;

    #[test]
    fn odd_scales_are_moved_into_the_range() {
        assert_eq!(steps(f64::NAN), steps(0.001));
        assert_eq!(steps(-1.0), steps(0.0));
        assert_eq!(steps(1e9), steps(10.0));
        assert!(steps(0.5).iter().all(|step| !step.sql.contains("{scale}")));
    }
}
