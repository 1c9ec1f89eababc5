//! A match of a text beside cheap equalities: the order of conditions.

use pagewise::chat::Session;
use pagewise::filter::{Filter, FilterPipeline, Selectivity};
use sea_query::Value;

use crate::by_hand::{Ask, sessions, sql};
use crate::place::{PLATFORM, Place};
use crate::report::job::{Candidate, Job, Way, text};
use crate::report::{Fallible, TEAM};
use crate::sessions::listed;

const PART: &str = "a7";
const STATUS: &str = "pending-review";

pub fn pipeline(place: &Place, ask: Ask) -> Fallible<Job> {
    let pattern = format!("%{PART}%");
    let parameters: [Value; 4] = [TEAM.into(), pattern.into(), STATUS.into(), PLATFORM.into()];
    let queries = |source| sessions(ask, &text(source), &parameters);
    // In the order of a user who did not think of it.
    let pipeline = FilterPipeline::new()
        .filter(Filter::new(
            "session_id",
            Session::EXTERNAL_ID.contains_ignore_case(PART),
        ))
        .filter(Filter::new("channels", Session::PLATFORM.eq(PLATFORM)))
        .filter(Filter::new("state", Session::STATUS.eq(STATUS)).selectivity(Selectivity::High));
    let mut candidates = vec![
        Candidate::new(Way::Today, queries(sql!("pipeline_today"))),
        Candidate::new(Way::Proposed, queries(sql!("pipeline_proposed"))),
    ];
    candidates.extend(listed(place, &pipeline, ask)?);
    candidates.extend([
        Candidate::by_hand("equal", queries(sql!("pipeline_equal"))),
        Candidate::by_hand("arrays", queries(sql!("pipeline_arrays"))),
    ]);
    Ok(Job {
        key: format!("text_match_{}", ask.key()),
        title: format!("state, platform and a match of a text: {}", ask.name()),
        candidates,
        ..Job::default()
    })
}
