//! Which rows a dashboard counts.

use super::super::{
    Channel, Chat, EVALUATIONS, Experiment, Match, Message, Participant, Session, TaggableIds,
    Tagged, tagged,
};
use super::conversations::Conversation;
use super::request::Filters;
use crate::predicate::Predicate;

const HUMAN: &str = "human";
const AI: &str = "ai";
const SETUP: &str = "setup";

/// The platforms that every chatbot has, without a channel of its own.
const GLOBAL_PLATFORMS: [&str; 3] = ["api", "web", EVALUATIONS];

/// Messages of participants and chatbots, not of the system.
pub(super) fn is_turn() -> Predicate<Message> {
    Message::MESSAGE_TYPE.any_of([HUMAN, AI])
}

pub(super) fn is_human() -> Predicate<Message> {
    Message::MESSAGE_TYPE.eq(HUMAN)
}

pub(super) fn is_ai() -> Predicate<Message> {
    Message::MESSAGE_TYPE.eq(AI)
}

/// The conditions on the session of a conversation.
pub(super) fn is_counted<E: Conversation>(filters: &Filters, ids: &TaggableIds) -> Predicate<E> {
    let mut conditions = vec![
        E::platform().is_distinct_from(EVALUATIONS),
        // Never NULL but where there is no session.
        match E::IS_SESSION {
            true => E::of_session(Session::STATUS).ne(SETUP),
            false => E::of_session(Session::STATUS).is_distinct_from(SETUP),
        },
    ];
    if let Some(experiments) = &filters.experiments {
        conditions.push(E::experiment().any_of(experiments.iter().copied()));
    }
    if let Some(platforms) = &filters.platforms {
        conditions.push(E::platform().any_of(platforms.iter().map(String::as_str)));
    }
    if let Some(participants) = &filters.participants {
        conditions.push(E::participant().any_of(participants.iter().copied()));
    }
    conditions.extend(tags(filters, ids));
    Predicate::all(conditions)
}

/// The chats whose messages count, whenever they were written; told by looking at their sessions.
pub(super) fn is_counted_chat(filters: &Filters, ids: &TaggableIds) -> Predicate<Chat> {
    let without_tags = Filters {
        tags: None,
        ..filters.clone()
    };
    let session = match filters.wants_session() {
        true => Chat::session()
            .filter(is_counted(&without_tags, ids))
            .exists(),
        false => Chat::session()
            .filter(
                Session::PLATFORM
                    .eq(EVALUATIONS)
                    .or(Session::STATUS.eq(SETUP)),
            )
            .is_empty(),
    };
    Predicate::all([session].into_iter().chain(tags(filters, ids)))
}

fn tags<E: Tagged>(filters: &Filters, ids: &TaggableIds) -> Option<Predicate<E>> {
    let tags = filters.tags.as_ref()?;
    Some(tagged(ids, Match::any_of(tags.iter().copied())))
}

/// The chatbots that a dashboard lists.
pub(super) fn experiments(filters: &Filters, ids: &TaggableIds) -> Predicate<Experiment> {
    let mut conditions = vec![Experiment::WORKING_VERSION_ID.is_null()];
    if !filters.include_archived {
        conditions.push(Experiment::IS_ARCHIVED.eq(false));
    }
    if let Some(experiments) = &filters.experiments {
        conditions.push(Experiment::ID.any_of(experiments.iter().copied()));
    }
    if let Some(platforms) = &filters.platforms {
        let is_global = |platform: &String| GLOBAL_PLATFORMS.contains(&platform.as_str());
        if !platforms.iter().any(is_global) {
            let platforms = platforms.iter().map(String::as_str);
            let channels = Experiment::channels()
                .filter(Channel::DELETED.eq(false))
                .filter(Channel::PLATFORM.any_of(platforms));
            conditions.push(channels.exists());
        }
    }
    if let Some(participants) = &filters.participants {
        let participants = Session::PARTICIPANT_ID.any_of(participants.iter().copied());
        conditions.push(Experiment::sessions().filter(participants).exists());
    }
    conditions.extend(tags(filters, ids));
    Predicate::all(conditions)
}

/// The participants that a dashboard counts.
pub(super) fn participants(filters: &Filters, ids: &TaggableIds) -> Predicate<Participant> {
    let mut conditions = vec![Participant::PLATFORM.ne(EVALUATIONS)];
    if let Some(experiments) = &filters.experiments {
        let experiments = Session::EXPERIMENT_ID.any_of(experiments.iter().copied());
        conditions.push(Participant::sessions().filter(experiments).exists());
    }
    if let Some(platforms) = &filters.platforms {
        conditions.push(Participant::PLATFORM.any_of(platforms.iter().map(String::as_str)));
    }
    if let Some(participants) = &filters.participants {
        conditions.push(Participant::ID.any_of(participants.iter().copied()));
    }
    conditions.extend(tags(filters, ids));
    Predicate::all(conditions)
}
