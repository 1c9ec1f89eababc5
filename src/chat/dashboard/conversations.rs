//! What chats and sessions have in common: the conversations that a dashboard counts.

use chrono::{DateTime, Utc};

use super::super::{Chat, Message, Session, Tagged};
use crate::expression::{Expression, Operand};
use crate::schema::{Column, Relation, SqlType};

/// A row that stands for a conversation: a session, or a chat, which may have no session.
pub(super) trait Conversation: Tagged + Sync {
    /// Whether each row is a session.
    const IS_SESSION: bool;
    /// The conversation's row.
    const ROW: Self;

    /// The messages of the conversation.
    fn messages() -> Relation<Self, Message>;

    /// A column of the conversation's session; NULL without one.
    fn of_session<T: SqlType>(column: Column<Session, T>) -> Expression<Self, Option<T::Base>>
    where
        T::Base: SqlType<Base = T::Base>;

    fn experiment() -> Expression<Self, Option<i64>> {
        Self::of_session(Session::EXPERIMENT_ID)
    }

    fn participant() -> Expression<Self, Option<i64>> {
        Self::of_session(Session::PARTICIPANT_ID)
    }

    fn platform() -> Expression<Self, Option<String>> {
        Self::of_session(Session::PLATFORM)
    }

    fn ended_at() -> Expression<Self, Option<DateTime<Utc>>> {
        Self::of_session(Session::ENDED_AT)
    }
}

impl Conversation for Session {
    const IS_SESSION: bool = true;
    const ROW: Self = Self;

    fn messages() -> Relation<Self, Message> {
        Session::messages()
    }

    fn of_session<T: SqlType>(column: Column<Session, T>) -> Expression<Self, Option<T::Base>>
    where
        T::Base: SqlType<Base = T::Base>,
    {
        let column = column.into_expression();
        Expression::new(column.name, column.node)
    }
}

impl Conversation for Chat {
    const IS_SESSION: bool = false;
    const ROW: Self = Self;

    fn messages() -> Relation<Self, Message> {
        Chat::messages()
    }

    fn of_session<T: SqlType>(column: Column<Session, T>) -> Expression<Self, Option<T::Base>>
    where
        T::Base: SqlType<Base = T::Base>,
    {
        Chat::session().value(column).into_operand()
    }
}
