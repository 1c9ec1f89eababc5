//! The lists.

use super::Session;
use crate::expression::coalesce;
use crate::listing::Listing;

/// The list of sessions, most recently active first: by `coalesce(last_activity_at, created_at)`, then by key, until
/// [`order_by`](Listing::order_by) says otherwise.
///
/// Of all of the team's sessions, evaluation runs and sessions in setup included, as in the origin; narrow it by
/// [`filter`](Listing::filter). Nothing but the key is shown until [`show`](Listing::show) says what is.
///
/// An index on `(team_id, (coalesce(last_activity_at, created_at)) DESC)` gives its order.
///
/// # Example
///
/// ```
/// use pagewise::chat::{self, Experiment, Participant, Session};
/// use pagewise::Page;
///
/// let messages = chat::message_timestamps();
/// let chatbot = Session::experiment().value(Experiment::NAME).named("chatbot");
/// let participant = Session::participant().value(Participant::IDENTIFIER).named("participant");
/// let page = chat::sessions()
///     .tenant(7)
///     .filter(Session::PLATFORM.is_distinct_from("evaluations"))
///     .show((&chatbot, &participant, Session::STATUS, &messages))
///     .page(Page::first(25))
///     .build()?;
/// # Ok::<(), pagewise::Error>(())
/// ```
#[must_use]
pub fn sessions() -> Listing<Session> {
    let last_activity =
        coalesce(Session::LAST_ACTIVITY_AT, Session::CREATED_AT).named("last_activity");
    Listing::of(Session).default_order(last_activity.desc())
}
