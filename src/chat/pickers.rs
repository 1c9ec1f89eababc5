//! The lists that sessions are picked from: those that are not yet where they are to be put.

use super::{
    AnnotationItem, EVALUATIONS, EvaluationDatasetMessage, EvaluationMessage, Experiment, Session,
};
use crate::listing::Listing;

/// The sessions of which no message is in an evaluation dataset yet, by the names of their chatbots, then by key, until
/// [`order_by`](Listing::order_by) says otherwise.
///
/// Of all of the team's sessions, evaluations included, as in the origin. The dataset has to be the team's: nothing is in
/// another's.
///
/// The origin has a second picker, with the most recently active first: `.order_by(Session::LAST_ACTIVITY_AT.desc())`. There
/// sessions that were never active come first, and sessions that were at the same time in any order; here they come last,
/// and by key.
///
/// How many messages a session has, [`message_timestamps`](super::message_timestamps) says: 0 without any.
///
/// # Example
///
/// ```
/// use pagewise::chat::{self, Experiment, Session};
/// use pagewise::Page;
///
/// let chatbot = Session::experiment().value(Experiment::NAME).named("chatbot");
/// let messages = chat::message_timestamps();
/// let page = chat::dataset_sessions(5)
///     .tenant(7)
///     .show((&chatbot, Session::LAST_ACTIVITY_AT, &messages.count))
///     .page(Page::first(25))
///     .build()?;
/// # Ok::<(), pagewise::Error>(())
/// ```
#[must_use]
pub fn dataset_sessions(dataset_id: i64) -> Listing<Session> {
    let in_dataset = EvaluationMessage::datasets()
        .filter(EvaluationDatasetMessage::EVALUATIONDATASET_ID.eq(dataset_id));
    let chatbot = Session::experiment()
        .value(Experiment::NAME)
        .named("chatbot");
    Listing::of(Session)
        .filter(Session::evaluation_messages().then(in_dataset).is_empty())
        .default_order(chatbot.asc())
}

/// The sessions that are not in an annotation queue yet and have messages, most recently active first, then by key, until
/// [`order_by`](Listing::order_by) says otherwise.
///
/// Sessions of evaluations are left out; those without a platform are not. Those that were never active come last. A message
/// of a session that is in the queue by itself does not put the session there, unless its item names the session.
///
/// # Example
///
/// ```
/// use pagewise::chat::{self, Session};
/// use pagewise::Page;
///
/// let messages = chat::message_timestamps();
/// let page = chat::annotation_queue_sessions(5)
///     .tenant(7)
///     .show((Session::LAST_ACTIVITY_AT, &messages.count))
///     .page(Page::first(25))
///     .build()?;
/// # Ok::<(), pagewise::Error>(())
/// ```
#[must_use]
pub fn annotation_queue_sessions(queue_id: i64) -> Listing<Session> {
    let in_queue = Session::annotation_items().filter(AnnotationItem::QUEUE_ID.eq(queue_id));
    Listing::of(Session)
        .filter(Session::PLATFORM.is_distinct_from(EVALUATIONS))
        .filter(in_queue.is_empty())
        .filter(Session::messages().exists())
        .default_order(Session::LAST_ACTIVITY_AT.desc())
}
