//! Which indexes the lists want, and which of them the origin has: [`indexes`].

use super::{Channel, ParticipantData, Session, TaggedItem, Trace};
use crate::ddl::{IndexDefinition, IndexSpec, Migration};
use crate::error::Error;
use crate::schema::Entity;

/// An index that somebody wants for Open Chat Studio: which statement it serves, and whether the origin has it.
///
/// Made by [`indexes`].
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct ChatIndex {
    /// The index.
    pub index: IndexDefinition,
    /// Who wants it: a phase of the design document, or pagewise.
    pub wanted_by: WantedBy,
    /// What it serves, in a sentence.
    pub serves: &'static str,
    /// What the origin has of it.
    pub standing: Standing,
}

/// Who wants a [`ChatIndex`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum WantedBy {
    /// The design document takes it for there.
    Existing,
    /// Its phase 1, "high impact".
    Phase1,
    /// Its phase 2, "medium impact".
    Phase2,
    /// Its partial indexes for common filters.
    Partial,
    /// The reports of pagewise's own lists.
    Pagewise,
}

/// What the origin has of a [`ChatIndex`], and so whether it is needed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Standing {
    /// Nothing that does the same.
    Absent,
    /// Its like, under this name.
    Present(&'static str),
    /// This one of the same columns, with another direction or for fewer rows. `serves` says whether it does.
    OtherForm {
        /// Its name.
        name: &'static str,
        /// Whether it does what is wanted.
        is_enough: bool,
    },
    /// This one, which the foreign key has anyway.
    ForeignKey(&'static str),
    /// This one does what it would: of the origin, or of the same list.
    Shadowed(&'static str),
}

impl Standing {
    /// Whether it has to be made for what it serves.
    #[must_use]
    pub fn is_needed(self) -> bool {
        matches!(
            self,
            Self::Absent
                | Self::OtherForm {
                    is_enough: false,
                    ..
                }
        )
    }
}

impl WantedBy {
    /// The name of its phase in [`index_migration`].
    #[must_use]
    pub fn phase(self) -> &'static str {
        match self {
            Self::Existing => "existing",
            Self::Phase1 => "high impact",
            Self::Phase2 => "medium impact",
            Self::Partial => "partial",
            Self::Pagewise => "pagewise",
        }
    }
}

/// All indexes of the design document's section 1, with its names, and those that the reports of [`chatbots`](super::chatbots)
/// ask for; each with what it serves and what the origin has of it.
///
/// # Example
///
/// ```
/// use pagewise::chat::{self, Standing};
///
/// for wanted in chat::indexes()? {
///     println!("{} ({:?})\n  {}", wanted.index, wanted.standing, wanted.serves);
/// }
/// let of_traces = chat::indexes()?.into_iter().find(|wanted| wanted.index.name() == "idx_trace_session");
/// assert_eq!(of_traces.unwrap().standing, Standing::ForeignKey("trace_trace_session_id"));
/// # Ok::<(), pagewise::Error>(())
/// ```
///
/// # Errors
///
/// None that a caller could cause: what is declared here can be built.
pub fn indexes() -> Result<Vec<ChatIndex>, Error> {
    use Standing::{Absent, ForeignKey, OtherForm, Present, Shadowed};
    use WantedBy::{Existing, Pagewise, Partial, Phase1, Phase2};

    let session = || IndexSpec::on(Session);
    let trace = || IndexSpec::on(Trace);
    let item = || IndexSpec::on(TaggedItem);
    [
        wanted(
            Existing,
            session().key(Session::CHAT_ID).key(Session::TEAM_ID),
            "The session of a chat; a chat has one session at most, so its unique index finds it alone.",
            Shadowed("experiments_experimentsession_chat_id_key"),
        ),
        wanted(
            Existing,
            session()
                .key(Session::CHAT_ID)
                .key(Session::TEAM_ID)
                .key(Session::ENDED_AT),
            "Whether the session of a chat has ended; the unique index of the chat finds the one row.",
            Shadowed("experiments_experimentsession_chat_id_key"),
        ),
        wanted(
            Existing,
            item().key(TaggedItem::CONTENT_TYPE_ID).key(TaggedItem::OBJECT_ID),
            "The tags of a chat or of a message.",
            Present("annotations_content_89df85_idx"),
        ),
        wanted(
            Existing,
            IndexSpec::on(ParticipantData).key(ParticipantData::EXPERIMENT_ID),
            "The data of a chatbot's participants.",
            Present("experiments_experim_70f029_idx"),
        ),
        wanted(
            Phase1,
            session()
                .key(Session::TEAM_ID)
                .key(Session::EXPERIMENT_ID)
                .named("idx_session_team_experiment"),
            "The sessions of a team by chatbot: the numbers of each chatbot on a dashboard.",
            Absent,
        ),
        wanted(
            Phase1,
            session()
                .key(Session::TEAM_ID)
                .key(Session::CREATED_AT)
                .named("idx_session_team_created"),
            "The sessions of a team by when they began, newest first read from its end; the window of a dashboard.",
            Absent,
        ),
        wanted(
            Phase1,
            session()
                .key(Session::TEAM_ID)
                .key(Session::ENDED_AT)
                .named("idx_session_team_ended"),
            "The sessions of a team that ended in a window; those that have not ended are together at its end.",
            Absent,
        ),
        wanted(
            Phase1,
            session()
                .key(Session::EXPERIMENT_ID)
                .key(Session::PARTICIPANT_ID)
                .named("idx_session_exp_participant"),
            "The sessions of a participant with a chatbot, and how many participants a chatbot has.",
            Absent,
        ),
        wanted(
            Phase1,
            trace()
                .key(Trace::EXPERIMENT_ID)
                .key(Trace::TIMESTAMP)
                .named("idx_trace_experiment_time"),
            "The last activity of a chatbot; the origin's descending index gives the same order, read from its end.",
            OtherForm {
                name: "trace_experiment_timestamp_idx",
                is_enough: true,
            },
        ),
        wanted(
            Phase1,
            trace()
                .key(Trace::TEAM_ID)
                .key(Trace::TIMESTAMP)
                .named("idx_trace_team_time"),
            "The traces of a team by time, pending ones too: the origin's has none that are pending, and serves only \
             statements that leave them out.",
            OtherForm {
                name: "trace_team_timestamp_idx",
                is_enough: false,
            },
        ),
        wanted(
            Phase1,
            trace().key(Trace::SESSION_ID).named("idx_trace_session"),
            "The traces of a session.",
            ForeignKey("trace_trace_session_id"),
        ),
        wanted(
            Phase2,
            item()
                .key(TaggedItem::CONTENT_TYPE_ID)
                .key(TaggedItem::TAG_ID)
                .named("idx_taggeditem_type_tag"),
            "What has a tag, of one kind: a filter by tags that begins with what is linked.",
            Absent,
        ),
        wanted(
            Phase2,
            item()
                .key(TaggedItem::TEAM_ID)
                .key(TaggedItem::TAG_ID)
                .named("idx_taggeditem_team_tag"),
            "What has a tag in a team: how often a team uses each tag.",
            Absent,
        ),
        wanted(
            Phase2,
            IndexSpec::on(ParticipantData)
                .key(ParticipantData::PARTICIPANT_ID)
                .named("idx_participantdata_participant"),
            "The data of a participant.",
            ForeignKey("experiments_participantdata_participant"),
        ),
        wanted(
            Phase2,
            IndexSpec::on(Channel)
                .key(Channel::TEAM_ID)
                .key(Channel::PLATFORM)
                .named("idx_channel_team_platform"),
            "The channels of a team on one platform; the origin's unique index has only some platforms.",
            OtherForm {
                name: "unique_global_channel_per_team",
                is_enough: false,
            },
        ),
        wanted(
            Partial,
            session()
                .key(Session::TEAM_ID)
                .key(Session::ENDED_AT)
                .filter(Session::ENDED_AT.is_not_null())
                .named("idx_session_completed"),
            "The sessions of a team that ended in a window, which idx_session_team_ended finds as well.",
            Shadowed("idx_session_team_ended"),
        ),
        wanted(
            Partial,
            session()
                .key(Session::TEAM_ID)
                .key(Session::CREATED_AT)
                .filter(Session::STATUS.eq("active"))
                .named("idx_session_active"),
            "The active sessions of a team by when they began, where the statement says 'active' with a constant.",
            Absent,
        ),
        wanted(
            Pagewise,
            trace()
                .key(Trace::EXPERIMENT_ID)
                .key(Trace::TEAM_ID)
                .key(Trace::TIMESTAMP)
                .named("idx_trace_experiment_team_time"),
            "The number of a chatbot's traces and the last of them, from the index alone: the team is in it.",
            Absent,
        ),
        wanted(
            Pagewise,
            session()
                .key(Session::EXPERIMENT_ID)
                .key(Session::TEAM_ID)
                .key(Session::PARTICIPANT_ID)
                .key(Session::PLATFORM)
                .named("idx_session_experiment_participants"),
            "The numbers of a chatbot's sessions and participants without evaluations, from the index alone.",
            Absent,
        ),
        wanted(
            Pagewise,
            session()
                .key(Session::EXPERIMENT_ID)
                .key(Session::TEAM_ID)
                .key(Session::LAST_ACTIVITY_AT)
                .key(Session::PLATFORM)
                .named("idx_session_experiment_activity"),
            "The last activity of a chatbot without evaluations: a list of chatbots, the latest first.",
            Absent,
        ),
    ]
    .into_iter()
    .collect()
}

/// The migration that makes those of [`indexes`] that the origin needs, in the phases of the design document.
///
/// ```
/// let migration = pagewise::chat::index_migration()?;
/// let phases: Vec<_> = migration.phases().collect();
/// assert_eq!(phases, ["high impact", "medium impact", "partial", "pagewise"]);
/// # Ok::<(), pagewise::Error>(())
/// ```
///
/// # Errors
///
/// As [`indexes`].
pub fn index_migration() -> Result<Migration, Error> {
    let needed = indexes()?
        .into_iter()
        .filter(|wanted| wanted.standing.is_needed());
    Ok(needed.fold(Migration::new(), |migration, wanted| {
        migration.phase(wanted.wanted_by.phase(), [wanted.index])
    }))
}

fn wanted<E: Entity>(
    wanted_by: WantedBy,
    spec: IndexSpec<E>,
    serves: &'static str,
    standing: Standing,
) -> Result<ChatIndex, Error> {
    Ok(ChatIndex {
        index: spec.build()?,
        wanted_by,
        serves,
        standing,
    })
}
