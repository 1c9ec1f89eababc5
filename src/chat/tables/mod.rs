//! The tables that lists, filters and dashboards read, as entities.
//!
//! Columns that are JSON, encrypted or of no use to a list are left out.

mod channel;
mod evaluation;
mod experiment;
mod message;
mod participant;
mod session;
mod tag;
mod team;
mod trace;

pub use channel::Channel;
pub use evaluation::{
    AnnotationItem, EvaluationDataset, EvaluationDatasetMessage, EvaluationMessage,
};
pub use experiment::{Experiment, Pipeline};
pub use message::{Chat, Message};
pub use participant::{Participant, ParticipantData};
pub use session::Session;
pub use tag::{Tag, TaggedItem};
pub use team::{Membership, Team, User};
pub use trace::Trace;
