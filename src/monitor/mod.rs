//! What a request asks of the database: how many statements, for how long, which of them again and again; and what the
//! database itself says of them.
//!
//! A page that is slow because it asks once for each of its rows looks like any other in the code that calls it. So a
//! [`Monitor`] counts for each request. It is wrapped around the client, and everything that runs a statement runs it through
//! the wrapper:
//!
//! ```
//! use pagewise::monitor::Collector;
//!
//! # #[cfg(feature = "postgres")]
//! # fn page(client: &mut postgres::Client) -> Result<(), pagewise::Error> {
//! use pagewise::chat::{self, Session};
//! use pagewise::{Listing, Page};
//!
//! # let collector = Collector::new();
//! let request = collector.scope("sessions table").budget(15);
//! let page = Listing::of(Session).tenant(7).show(&chat::message_timestamps()).page(Page::first(25)).build()?;
//! let rows = page.fetch(&mut request.with(client).named("sessions page"))?;
//!
//! let summary = request.finish();
//! let headers = [
//!     ("X-Query-Count", summary.query_count()),        // 1
//!     ("Server-Timing", summary.server_timing()),      // db;dur=3.1;desc="1 statement"
//! ];
//! # Ok(())
//! # }
//! ```
//!
//! * **A budget.** Past [`Monitor::budget`], 20 unless said otherwise, there is one warning through [`tracing`] for the
//!   scope, which names the statements that ran again and again. A test calls [`Monitor::assert_within`]. What a transaction
//!   needs, such as BEGIN and COMMIT, is not in it.
//! * **Names.** A statement is named where it is run, by `named`, or once for all by [`Collector::register`]. Counts, spans,
//!   percentiles and the numbers of `pg_stat_statements` then speak of "sessions page", and not of 2 kB of SQL.
//! * **For the whole process**, a [`Collector`] keeps how long statements and pages take, as percentiles in bounded memory,
//!   and [`Targets`] says whether that is what it should be.
//! * **On the server**, [`ServerStatements`] reads `pg_stat_statements`, and [`Tags`] put the host's name for what asks into the
//!   text, where `pg_stat_activity` and the server's log show it.
//!
//! # What is wrapped, and in which order
//!
//! `with` wraps whatever the blocking driver's `Execute` is for, `with_async` the asynchronous one's: clients,
//! transactions, those of a `StatementCache`, and other wrappers. A `StatementCache` is innermost, since it prepares on the
//! connection itself: `monitor.with(&mut tags.with(&mut statements.with(&mut client)))`. A monitor and tags may be in either
//! order. Where a statement is prepared first, both are one statement here, and their time is one time.
//!
//! # What is never in it
//!
//! Values of parameters are not looked at. Spans have names only. What has no name is shown by the beginning of its text, in
//! summaries and in the warning: a text of this crate has of what a request gave only the size of the page, as
//! its LIMIT; a host that pastes values into texts
//! of its own should name them. Of an error, there is the SQLSTATE, and not the message, in which the server quotes values.
//!
//! # With another driver
//!
//! [`Monitor::start`] counts what any driver runs; [`Tags::append`] and [`ServerStatements::statement`] are texts.
//!
//! This module owns the counting and the names. What a statement reads, and by which plan, is the module `plan`'s.

mod budget;
mod collector;
mod fingerprint;
mod header;
mod latency;
mod markdown;
mod names;
mod normal_form;
#[cfg(feature = "postgres")]
pub mod postgres;
mod report;
mod running;
mod scope;
mod server_statements;
mod state;
mod summary;
mod tags;
mod target_report;
mod targets;
#[cfg(feature = "tokio-postgres")]
pub mod tokio_postgres;

pub use budget::BudgetExceeded;
pub use collector::Collector;
pub use header::{SERVER_TIMING, X_QUERY_COUNT};
pub use latency::Latency;
pub use report::{CollectorReport, ScopeNumbers, StatementNumbers};
pub use running::Running;
pub use scope::Monitor;
pub use server_statements::{
    NamedNumbers, ServerStatement, ServerStatementRow, ServerStatements, ServerStatementsError,
};
pub use summary::{SlowStatement, StatementCount, Summary};
pub use tags::{TagError, Tags};
pub use target_report::{Measured, TargetLine, TargetOutcome, TargetReport};
pub use targets::{CHATBOT_LIST, DASHBOARD, Lookups, SESSIONS_TABLE, Target, Targets};
