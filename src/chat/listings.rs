//! The lists.

use super::{Message, Participant, Session, Trace};
use crate::expression::{coalesce, constant};
use crate::listing::Listing;
use crate::predicate::{Comparison, compare};

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

/// The list of messages, in the order in which they were written, until [`order_by`](Listing::order_by) says otherwise.
///
/// Of all of the team's chats and of every type; narrow it by [`filter`](Listing::filter).
///
/// ```
/// use pagewise::chat::{self, Message};
/// use pagewise::Page;
///
/// let conversation = chat::messages().filter(Message::CHAT_ID.eq(5)).show((Message::MESSAGE_TYPE, Message::CONTENT));
/// let page = conversation.tenant(7).page(Page::first(25)).build()?;
/// # Ok::<(), pagewise::Error>(())
/// ```
#[must_use]
pub fn messages() -> Listing<Message> {
    Listing::of(Message).default_order(Message::CREATED_AT.asc())
}

/// The list of traces that are not pending, newest first, until [`order_by`](Listing::order_by) says otherwise.
///
/// The origin's index on `(team_id, timestamp DESC) WHERE status <> 'pending'` gives its order: the condition is
/// written out, so that a prepared statement can use it.
///
/// ```
/// use pagewise::chat::{self, Trace};
/// use pagewise::Page;
///
/// let page = chat::traces().tenant(7).show((Trace::STATUS, Trace::DURATION)).page(Page::first(25)).build()?;
/// assert!(page.to_string().contains(r#""trace"."status" <> 'pending'"#));
/// # Ok::<(), pagewise::Error>(())
/// ```
#[must_use]
pub fn traces() -> Listing<Trace> {
    let pending = constant("pending");
    Listing::of(Trace)
        .filter(compare(Trace::STATUS, Comparison::NotEqual, pending))
        .default_order(Trace::TIMESTAMP.desc())
}

/// The list of participants, newest first, then by name and by identifier, until [`order_by`](Listing::order_by) says
/// otherwise.
///
/// ```
/// use pagewise::chat::{self, Participant};
/// use pagewise::Page;
///
/// let page = chat::participants().tenant(7).show((Participant::NAME, Participant::PLATFORM)).page(Page::first(25)).build()?;
/// # Ok::<(), pagewise::Error>(())
/// ```
#[must_use]
pub fn participants() -> Listing<Participant> {
    Listing::of(Participant)
        .default_order(Participant::CREATED_AT.desc())
        .default_order(Participant::NAME.asc())
        .default_order(Participant::IDENTIFIER.asc())
}
