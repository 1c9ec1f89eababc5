//! What can be computed of the rows of each entity, and by which of their columns they are tied to one another.

use std::rc::Rc;

use pagewise::Column;
use pagewise::aggregate::Rows;
use pagewise::chat::{Experiment, Message, Participant, Session, Trace};
use pagewise::schema::SqlType;

use super::measure::{Measure, number, ordered};
use super::set::{Membership, Set};
use crate::oracle::condition::Condition;
use crate::oracle::datum::{Datum, Sample};
use crate::oracle::value::column;
use crate::oracle::{Modeled, View};
use crate::world;

/// An entity over whose rows numbers are computed.
pub trait Measured: Modeled {
    /// Columns that have a least and a greatest, and numbers that have a sum.
    fn measures() -> Vec<Measure<Self>>;
    /// The column by which series of it are.
    fn times() -> Vec<Time<Self>>;
    /// By which other sets it is limited.
    fn memberships() -> Vec<Membership<Self>>;
}

/// A time of a row, twice.
pub struct Time<E: Modeled> {
    pub series: fn(&Rows<E>) -> pagewise::aggregate::Series,
    pub of: fn(&E::Row) -> Option<chrono::DateTime<chrono::Utc>>,
}

/// A row's column is one of the values that a column has in a set.
fn member<E, F, T, U>(
    words: &'static str,
    (from, of): (Column<E, T>, fn(&E::Row) -> T),
    (to, values): (Column<F, U>, fn(&F::Row) -> U),
) -> Membership<E>
where
    E: Modeled,
    F: Measured,
    T: Sample,
    U: Sample + SqlType<Base = T::Base>,
{
    Rc::new(move |plan, context| {
        let set = Set::<F>::new(plan, context);
        let (rows, members) = set.part(context);
        let all: Vec<Datum> = members.iter().map(|row| values(row).datum()).collect();
        Condition {
            words: format!("{words} of {}", set.words),
            uses: set.part_uses(),
            predicate: from.is_in(&rows.values(to)),
            holds: Rc::new(move |_: &View, row: &E::Row| {
                let value = of(row).datum();
                Some(!value.is_null() && all.contains(&value))
            }),
        }
    })
}

impl Measured for Session {
    fn measures() -> Vec<Measure<Self>> {
        vec![
            number(column(Self::ID, |s: &world::Session| s.id)),
            ordered(column(Self::CREATED_AT, |s: &world::Session| s.created_at)),
            ordered(column(Self::ENDED_AT, |s: &world::Session| s.ended_at)),
            ordered(column(Self::PLATFORM, |s: &world::Session| {
                s.platform.clone()
            })),
        ]
    }

    fn times() -> Vec<Time<Self>> {
        vec![
            Time {
                series: |rows| pagewise::aggregate::Series::of(rows, Self::CREATED_AT),
                of: |s| Some(s.created_at),
            },
            // NULL is in no bucket.
            Time {
                series: |rows| pagewise::aggregate::Series::of(rows, Self::ENDED_AT),
                of: |s| s.ended_at,
            },
        ]
    }

    fn memberships() -> Vec<Membership<Self>> {
        vec![
            member::<Self, Message, _, _>(
                "chat of a message",
                (Self::CHAT_ID, |s| s.chat),
                (Message::CHAT_ID, |m| m.chat),
            ),
            member::<Self, Trace, _, _>(
                "session of a trace",
                (Self::ID, |s| s.id),
                (Trace::SESSION_ID, |t| t.session),
            ),
            member::<Self, Participant, _, _>(
                "platform of a participant",
                (Self::PLATFORM, |s| s.platform.clone()),
                (Participant::PLATFORM, |p| p.platform.clone()),
            ),
        ]
    }
}

impl Measured for Message {
    fn measures() -> Vec<Measure<Self>> {
        vec![
            number(column(Self::ID, |m: &world::Message| m.id)),
            ordered(column(Self::CREATED_AT, |m: &world::Message| m.created_at)),
            ordered(column(Self::SUMMARY, |m: &world::Message| {
                m.summary.clone()
            })),
        ]
    }

    fn times() -> Vec<Time<Self>> {
        vec![Time {
            series: |rows| pagewise::aggregate::Series::of(rows, Self::CREATED_AT),
            of: |m| Some(m.created_at),
        }]
    }

    fn memberships() -> Vec<Membership<Self>> {
        vec![
            member::<Self, Session, _, _>(
                "chat of a session",
                (Self::CHAT_ID, |m| m.chat),
                (Session::CHAT_ID, |s| s.chat),
            ),
            member::<Self, Trace, _, _>(
                "input of a trace",
                (Self::ID, |m| m.id),
                (Trace::INPUT_MESSAGE_ID, |t| t.input),
            ),
        ]
    }
}

impl Measured for Trace {
    fn measures() -> Vec<Measure<Self>> {
        vec![
            number(column(Self::DURATION, |t: &world::Trace| t.duration)),
            number(column(Self::N_TURNS, |t: &world::Trace| t.turns)),
            ordered(column(Self::TIMESTAMP, |t: &world::Trace| t.timestamp)),
        ]
    }

    fn times() -> Vec<Time<Self>> {
        vec![Time {
            series: |rows| pagewise::aggregate::Series::of(rows, Self::TIMESTAMP),
            of: |t| Some(t.timestamp),
        }]
    }

    fn memberships() -> Vec<Membership<Self>> {
        vec![
            member::<Self, Session, _, _>(
                "session",
                (Self::SESSION_ID, |t| t.session),
                (Session::ID, |s| s.id),
            ),
            member::<Self, Experiment, _, _>(
                "chatbot",
                (Self::EXPERIMENT_ID, |t| t.experiment),
                (Experiment::ID, |e| e.id),
            ),
        ]
    }
}

impl Measured for Experiment {
    fn measures() -> Vec<Measure<Self>> {
        vec![
            number(column(Self::VERSION_NUMBER, |e: &world::Experiment| {
                e.version_number
            })),
            ordered(column(Self::DESCRIPTION, |e: &world::Experiment| {
                e.description.clone()
            })),
        ]
    }

    fn times() -> Vec<Time<Self>> {
        vec![Time {
            series: |rows| pagewise::aggregate::Series::of(rows, Self::CREATED_AT),
            of: |e| Some(e.created_at),
        }]
    }

    fn memberships() -> Vec<Membership<Self>> {
        vec![
            member::<Self, Session, _, _>(
                "chatbot of a session",
                (Self::ID, |e| e.id),
                (Session::EXPERIMENT_ID, |s| s.experiment),
            ),
            // Of its own table.
            member::<Self, Experiment, _, _>(
                "version of a chatbot",
                (Self::WORKING_VERSION_ID, |e| e.working_version),
                (Experiment::ID, |e| e.id),
            ),
        ]
    }
}

impl Measured for Participant {
    fn measures() -> Vec<Measure<Self>> {
        vec![
            number(column(Self::USER_ID, |p: &world::Participant| p.user)),
            ordered(column(Self::NAME, |p: &world::Participant| p.name.clone())),
        ]
    }

    fn times() -> Vec<Time<Self>> {
        vec![Time {
            series: |rows| pagewise::aggregate::Series::of(rows, Self::CREATED_AT),
            of: |p| Some(p.created_at),
        }]
    }

    fn memberships() -> Vec<Membership<Self>> {
        vec![
            member::<Self, Session, _, _>(
                "participant of a session",
                (Self::ID, |p| p.id),
                (Session::PARTICIPANT_ID, |s| s.participant),
            ),
            member::<Self, Trace, _, _>(
                "participant of a trace",
                (Self::ID, |p| p.id),
                (Trace::PARTICIPANT_ID, |t| t.participant),
            ),
        ]
    }
}
