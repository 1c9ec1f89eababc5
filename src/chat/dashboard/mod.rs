//! A team's dashboard: what happened in a window of time.
//!
//! # What is counted
//!
//! | set | rows |
//! |---|---|
//! | chatbots | working versions, without the archived unless [`include_archived`](Dashboard::include_archived) says otherwise |
//! | sessions | with a message of a participant or a chatbot in the window, whenever they were created; without evaluations, and without those that are still set up |
//! | messages | in the window, of chats whose session is not left out for these reasons; chats without a session count |
//! | participants | without those of evaluations |
//!
//! The window is half-open. Messages of the system are no activity; tags on them count. A tag counts if it and its link are the
//! team's. Evaluations are told by the platform of the session, not by that of its channel; a session without a platform
//! is none. Filters narrow all four sets: chatbots by their channels and sessions, participants by their sessions, messages by
//! their chat's session, so that those without one are left out.
//!
//! Definitions are those of Open Chat Studio's `DashboardService`, but for filters that are empty lists, and for zero-filled charts.

mod activity;
#[cfg(all(
    feature = "cache",
    any(feature = "postgres", feature = "tokio-postgres")
))]
pub mod cached;
mod conversations;
#[cfg(any(feature = "postgres", feature = "tokio-postgres"))]
mod data;
#[cfg(feature = "cache")]
mod kinds;
mod panel;
mod plan;
#[cfg(any(feature = "postgres", feature = "tokio-postgres"))]
mod read;
mod request;
mod sets;
mod statement;
#[cfg(any(feature = "postgres", feature = "tokio-postgres"))]
mod two_ways;

#[cfg(any(feature = "postgres", feature = "tokio-postgres"))]
pub use data::{
    ActiveParticipant, Bot, BotPerformance, ChannelBreakdown, DashboardData, MessageVolume,
    Overview, Point, SessionAnalytics, TagAnalytics, TagCount, Trend, UserEngagement,
};
pub use panel::Panel;
pub use request::{BotOrder, Dashboard};
pub use statement::DashboardStatement;
