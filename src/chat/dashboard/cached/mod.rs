//! A dashboard whose panels are kept in the result cache: [`CachedDashboard`].
//!
//! # Kinds of results
//!
//! Each panel is a kind of its own, with the design document's tier; a host changes it where the cache is made
//! ([`ResultCache::tier`](crate::cache::ResultCache::tier)).
//!
//! | kind | tier |
//! |---|---|
//! | [`OVERVIEW`] | 5 minutes |
//! | [`USER_ENGAGEMENT`] | 15 minutes |
//! | [`ACTIVE_PARTICIPANTS`], [`SESSION_ANALYTICS`], [`MESSAGE_VOLUME`], [`BOT_PERFORMANCE`], [`CHANNEL_BREAKDOWN`], [`TAG_ANALYTICS`], [`RESPONSE_TIME`] | 30 minutes |
//! | [`TRENDS`] | an hour |

mod active;
mod dashboard;
mod key;
mod kind;
mod panel;

#[cfg(feature = "postgres")]
pub use active::active_teams;
#[cfg(feature = "tokio-postgres")]
pub use active::active_teams_async;
pub use active::active_teams_statement;
pub use dashboard::CachedDashboard;
pub use kind::{
    ACTIVE_PARTICIPANTS, BOT_PERFORMANCE, CHANNEL_BREAKDOWN, MESSAGE_VOLUME, OVERVIEW,
    RESPONSE_TIME, SESSION_ANALYTICS, TAG_ANALYTICS, TRENDS, USER_ENGAGEMENT,
};
pub use panel::CachedPanel;
