//! The database that `pagewise` is tested, measured and shown on: the tables of Open Chat Studio (chatbots, sessions,
//! messages, tags, traces, dashboards), filled with data of any size, on a PostgreSQL server that is started for the
//! occasion and gone afterwards.
//!
//! # A database for one test
//!
//! ```no_run
//! use pagewise_reference::Server;
//!
//! let database = Server::shared()?.database()?; // empty tables, the origin's indexes, nobody else inside
//! let mut client = database.client()?;
//! client.batch_execute("INSERT INTO teams_team (id, name) VALUES (1, 'Ours')")?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! [`Server::shared`] takes the server of `DATABASE_URL` if that is set, else starts one from the binaries it finds
//! (PostgreSQL 15 or newer). Each [`Database`] is a copy of a template made once per process and is dropped with its
//! value, so tests run beside each other. Columns have defaults here (the origin has none): a test names only the
//! columns it is about.
//!
//! # Reference data
//!
//! ```no_run
//! use pagewise_reference::Server;
//!
//! let database = Server::shared()?.reference(0.01)?; // 2,000 sessions, 20,000 messages
//! println!("psql '{}'", database.url());
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! [`steps`] is the same data as a list of SQL texts with weights, for a caller with a connection and a progress bar of
//! its own; [`load`] runs them. `cargo run -p pagewise-reference --example load -- <DATABASE_URL> <scale>` fills an empty
//! database of yours.
//!
//! Scale 1 is 200 k sessions, 2 M messages, 1 M traces, 630 k tag links, 60 k participants, 620 chatbots with 3,300
//! versions and 40 teams, the first of which has 40 % of everything. Scales from [`SMALLEST_SCALE`] to
//! [`LARGEST_SCALE`] work. All times are relative to [`REFERENCE_NOW`]. The same scale gives the same rows on every
//! PostgreSQL: each value is a function of a key, see [`checksums`].
//!
//! # The traps in the data
//!
//! Each of these is there at every scale, because each makes some plausible query wrong.
//!
//! | Trap | Where |
//! |---|---|
//! | Skew | team 1 has 40 %, the others 1/rank; within a team chatbots by 1/(rank + 2); participants by the square of chance |
//! | Teams of very different size at every scale | below scale 0.1 there are fewer teams (400 x scale, at least 3), not smaller ones |
//! | NULL platform, ended_at, last_activity_at, experiment_versions | `experiments_experimentsession` |
//! | NULL team, session, chatbot, participant of a trace | `trace_trace` |
//! | NULL chatbot description, chatbot without pipeline | `experiments_experiment` |
//! | Sessions without a message | 10 % of the sessions |
//! | Messages, but none by the human: no activity yet | sessions that hold only the seed message |
//! | Chats without a session, two of three with messages, some tagged | `chat_chat.id` up to 1000 x scale (at least 12) |
//! | Orphan links: the tagged object is gone | `annotations_customtaggeditem.object_id` above 2,000,000,000 |
//! | Link's team is not the object's; tag's team is not the link's; both | links of the three most used tags |
//! | Tagged objects of other kinds with the keys of chats and messages | content types `experiments.experimentsession`, `legacy.chat` |
//! | One id for a chat and a message, both tagged | every chat id is also a message id |
//! | Content type ids that are not the obvious ones | `chat.chat` is 41, `chat.chatmessage` is 12; `legacy.chat` is 9 |
//! | One tag name several times in a team | `tag-01` (user, bot_response), `tag-02` (user, bot_response, error), `v1` (version, user) |
//! | Version tags, several per chat in 7 % of the sessions | `v1` .. `v12`, category `experiment_version`, on messages |
//! | Versions that went back: the array is not sorted | `experiment_versions` in the order of arrival |
//! | Answers of the working version | `v3-unreleased` and its like; nothing in `experiment_versions` |
//! | Evaluation traffic | platform `evaluations` on session and participant |
//! | Setup sessions, empty and with messages; `unknown` status | `experiments_experimentsession.status` |
//! | System messages | each 25th message of a long chat |
//! | Equal times | up to ten sessions in a row start at one instant and run alike; messages in pairs of one instant |
//! | The stored time is no message's time | `last_activity_at` is 1.5 s after the last human message |
//! | Archived chatbots, with sessions | `experiments_experiment.is_archived` |
//! | Version rows | `working_version_id` not NULL; old traces point at them instead of the working row |
//! | Equal names | chatbots of one team; participants of one identifier on two platforms |
//! | Participants, chatbots and versions that nothing refers to | 15 % of the chatbots never got a session |
//! | NULL among the picked sessions | `evaluations_evaluationmessage.session_id`: `NOT IN` finds nothing |
//!
//! # Without parts
//!
//! No extension is needed (the origin's `pg_trgm` is left out), no foreign keys are in force (see [`foreign_keys`]), and
//! everything runs on a single connection.

mod checksum;
mod database;
mod error;
mod generator;
mod index_set;
mod schema;
mod server;
mod step;
mod summary;

pub use checksum::checksums;
pub use database::Database;
pub use error::Error;
pub use generator::{LARGEST_SCALE, REFERENCE_NOW, SMALLEST_SCALE, load, steps};
pub use index_set::{IndexSet, indexes};
pub use schema::{TABLES, foreign_keys, schema};
pub use server::{Server, ServerOptions};
pub use step::Step;
pub use summary::Summary;
