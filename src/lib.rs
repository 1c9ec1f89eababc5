//! List pages and dashboards over PostgreSQL, fast and right: typed builders that turn "this page shows these values" into one
//! statement that finds the page first and computes its expensive values for the page's rows only.
//!
//! ORMs compute every shown value for every row that LIMIT or OFFSET drops, multiply counts by the joins beside
//! them, forget the tenant in a sub-select, and page by orders that are not total. pagewise builds on [`sea_query`];
//! a host declares its tables once, reads the SQL that comes out, and runs it through the driver it has.
//!
//! # The words
//!
//! | word | meaning |
//! |---|---|
//! | [`Entity`] | a host's table as a Rust type: name, key, tenant; declared by [`entity!`] |
//! | [`Column`] | a column of an entity, with the Rust type that it decodes to |
//! | [`Relation`], [`ToOne`] | the way from one row to the rows that belong to it: direct, through other tables, by a content type, with a condition |
//! | [`Links`] | what a row is linked to, tags for example, on one way or several |
//! | [`Predicate`] | a condition on one row |
//! | [`Expression`] | a value computed from the columns of one row |
//! | [`Annotation`] | a value computed over a relation: count, min, max, sum, average, joined text, array, any, every, first, last |
//! | [`Order`] | a sort key: a value, a direction, where NULL goes |
//! | [`Listing`] | rows of an entity: whose, which, in what order, what of them |
//! | [`Page`], [`Cursor`], [`Total`] | which of its rows, by offset or by keyset, and whether all are counted |
//! | [`VisibleColumns`](listing::VisibleColumns), [`SortFields`](listing::SortFields) | what requests may show and sort by |
//! | [`FilterSet`](filter::FilterSet), [`FilterColumn`](filter::FilterColumn) | what requests may filter by |
//! | [`Filter`](filter::Filter), [`FilterPipeline`](filter::FilterPipeline) | a named condition, and several in their order |
//! | [`Rows`](aggregate::Rows), [`Number`](aggregate::Number) | a set of rows, and a value computed over it |
//! | [`CombinedAggregate`](aggregate::CombinedAggregate), [`Series`](aggregate::Series), [`Groups`](aggregate::Groups), [`GroupedListing`](aggregate::GroupedListing), [`Histogram`](aggregate::Histogram) | numbers over all rows, for each stretch of time, for each value, for each row that they belong to; how values are spread |
//! | [`Batch`](aggregate::Batch) | several of these in one statement |
//! | [`Report`](report::Report) | what was decided while a statement was built, and why, in words |
//! | [`Statement`] | SQL text, its parameters, its output columns |
//! | [`Strategy`] | two ways to the same rows: `Optimized`, and `Legacy` as an ORM writes it |
//! | [`Statistics`] | what PostgreSQL knows of the tables, and estimates from it: they choose orders and forms, never rows |
//! | [`Catalog`] | the same with the tables' indexes: they choose between ways to an order |
//! | [`IndexSpec`](ddl::IndexSpec), [`Migration`](ddl::Migration) | an index that a host wants; steps that change the schema of a database in use |
//! | [`Counter`](ddl::Counter) | annotations that are kept for each row by triggers |
//! | [`MaterializedView`](ddl::materialized_view::MaterializedView) | numbers over rows that are kept, and refreshed |
//! | [`ContentTypes`] | Django's content types, resolved once |
//! | `cache::ResultCache` | results that are kept in the database until they are too old or outdated by a change |
//! | [`StrategySwitch`](strategy::StrategySwitch) | which of both ways, changed while the process runs |
//! | `monitor::Monitor` | what one request asks of the database |
//! | [`RequestScope`] | what is computed once within one request |
//!
//! # A first page
//!
//! ```
//! use chrono::{DateTime, Utc};
//! use pagewise::{Listing, Page, Relation, Total, entity};
//!
//! entity! {
//!     /// A customer of a shop.
//!     pub Customer = "customers" as "customer" {
//!         key ID: i64 = "id";
//!         tenant SHOP_ID: i64 = "shop_id";
//!         NAME: String = "name";
//!         CREATED_AT: DateTime<Utc> = "created_at";
//!     }
//! }
//!
//! entity! {
//!     /// What a customer has bought.
//!     pub Purchase = "purchases" as "purchase" {
//!         key ID: i64 = "id";
//!         tenant SHOP_ID: i64 = "shop_id";
//!         CUSTOMER_ID: i64 = "customer_id";
//!         PAID_AT: Option<DateTime<Utc>> = "paid_at";
//!         CENTS: i64 = "cents";
//!     }
//! }
//!
//! let purchases = Relation::many("purchases", Customer::ID, Purchase::CUSTOMER_ID);
//! let paid = purchases.clone().filter(Purchase::PAID_AT.is_not_null());
//!
//! let count = purchases.count().named("purchase_count");         // i64: 0 of nothing
//! let turnover = paid.sum(Purchase::CENTS).named("turnover");    // i64: 0 of nothing
//! let last = purchases.max(Purchase::PAID_AT).named("last_paid_at"); // Option<DateTime<Utc>>
//!
//! let page = Listing::of(Customer)
//!     .tenant(7)                                                 // required
//!     .filter(Customer::NAME.contains_ignore_case("smith"))
//!     .order_by(Customer::CREATED_AT.desc())                     // the key is appended
//!     .show((Customer::NAME, &count, &turnover, &last))
//!     .page(Page::first(25).with_total(Total::Capped(10_000)))
//!     .build()?;
//! println!("{page:#}");
//! # assert_eq!(page.text().matches("LATERAL").count(), 1);
//! # Ok::<(), pagewise::Error>(())
//! ```
//!
//! With a driver, the page runs itself, and its rows are read by the same handles:
//!
//! ```no_run
//! # use pagewise::chat::{self, Session};
//! # use pagewise::{Error, Listing, Page};
//! # fn example(client: &mut postgres::Client) -> Result<(), Error> {
//! let messages = chat::message_timestamps();
//! let page = Listing::of(Session).tenant(7).show((Session::STATUS, &messages)).page(Page::first(25)).build()?;
//! let rows = page.fetch(client)?;
//! for row in &rows {
//!     let status: String = row.get(Session::STATUS)?;
//!     let count: i64 = row.get(&messages.count)?;                // another type does not compile
//! }
//! if let Some(next) = rows.next_cursor() {
//!     let next_page = Page::after(next.to_string().parse()?, 25); // the cursor travels as text
//! }
//! # Ok(())
//! # }
//! ```
//!
//! # Filters from a request
//!
//! What a list can be filtered by is declared once; what a request asks for is read into a pipeline, which writes cheap
//! and narrow conditions first:
//!
//! ```
//! use chrono::Utc;
//! use pagewise::chat::Session;
//! use pagewise::filter::{FilterColumn, FilterRequest, FilterSet, Selectivity, Viewer};
//! use pagewise::{Listing, Page};
//!
//! let set = FilterSet::new()
//!     .column(FilterColumn::choice("state", Session::STATUS).selectivity(Selectivity::High))
//!     .column(FilterColumn::text("session_id", Session::EXTERNAL_ID))
//!     .column(FilterColumn::time("created", Session::CREATED_AT));
//!
//! let asked = [
//!     FilterRequest::new("session_id", "contains", ["abc"]),
//!     FilterRequest::new("created", "range", ["7d"]),
//!     FilterRequest::new("state", "any of", ["active", "complete"]),
//! ];
//! let pipeline = set.read(&asked, &Viewer::at(Utc::now()))?;
//! let page = Listing::of(Session).tenant(7).filter_all(&pipeline).page(Page::first(25)).build()?;
//! assert_eq!(
//!     page.report().to_string(),
//!     "state: place 1: comparison of columns, selectivity high\n\
//!      created: place 2: comparison of columns, selectivity low\n\
//!      session_id: place 3: match of a text, selectivity medium"
//! );
//! # Ok::<(), pagewise::Error>(())
//! ```
//!
//! The module [`filter`] goes on from here: query strings, strict and lenient reading, time zones, columns of other
//! tables and of a host's own making. What rows are linked to, such as tags, is [`Links`]: any of several, all of
//! them, none. Those conditions have several forms, each of which is far too slow somewhere; the listing chooses, by
//! [`Statistics`] if it has any, and else has the statement find out.
//!
//! # Dashboards
//!
//! Numbers belong to sets of rows, and each set is found once in a statement:
//!
//! ```
//! use pagewise::aggregate::{Batch, Bucket, CombinedAggregate, Rows, Series};
//! use pagewise::chat::Session;
//!
//! let sessions = Rows::of(Session).filter(Session::PLATFORM.is_distinct_from("evaluations"));
//! let total = sessions.count().named("sessions");
//! let ended = sessions.only(Session::ENDED_AT.is_not_null()).count().named("ended");
//! let rate = ended.per(&total, 0.0).named("rate");                 // 0 if there are none
//!
//! let mut batch = Batch::new().tenant(7);
//! let overview = batch.add(CombinedAggregate::new().numbers((&total, &ended, &rate)));
//! let monthly = batch.add(Series::of(&sessions, Session::CREATED_AT).every(Bucket::Month).numbers((&total, &rate)));
//! let statement = batch.build()?;
//! assert_eq!(statement.text().matches("experiments_experimentsession").count(), 1);
//! # Ok::<(), pagewise::Error>(())
//! ```
//!
//! The module [`aggregate`] goes on from here; [`chat::dashboard`] is a whole dashboard.
//!
//! # What does not compile
//!
//! A column of another entity, a value of another type, and a row's value read into another type than it has:
//!
//! ```compile_fail,E0308
//! # use pagewise::chat::{Message, Session};
//! # use pagewise::Listing;
//! let listing = Listing::of(Session).filter(Message::CONTENT.eq("hello"));
//! ```
//! ```compile_fail,E0277
//! # use pagewise::chat::Session;
//! let predicate = Session::CREATED_AT.gt(5);
//! ```
//! ```compile_fail,E0308
//! # use pagewise::chat::{self, Session};
//! # fn read(row: &pagewise::driver::Row<Session>) -> Result<(), pagewise::Error> {
//! let count: String = row.get(&chat::message_timestamps().count)?;
//! # Ok(())
//! # }
//! ```
//!
//! # What a statement promises
//!
//! Each but the last is a property test on random data and random requests, against an oracle in plain Rust. The last is
//! how the crate is made: without a driver's feature it has nothing to reach a database with.
//!
//! 1. [`Strategy::Optimized`] and [`Strategy::Legacy`] give the same rows in the same order.
//! 2. A number does not depend on which other numbers are asked for beside it.
//! 3. Nothing multiplies rows, and no `DISTINCT` hides it.
//! 4. The order is total, NULL placement is written out; pages are disjoint and cover the whole.
//! 5. Every table that has a tenant column is bound to the tenant, wherever it stands in the statement.
//! 6. What a caller passes is a bound parameter; names are quoted.
//! 7. The text depends on the request's shape: a list of 3 ids and one of 300 are one prepared statement.
//! 8. What is neither shown nor sorted by nor filtered on is not computed.
//! 9. A page with its total is one round trip.
//! 10. Counts and sums of nothing are 0, texts `''`, times `None`.
//! 11. Builders do no I/O.
//!
//! # Features
//!
//! | feature | default | what it adds |
//! |---|---|---|
//! | `postgres` | yes | `fetch` through the blocking client of the crate `postgres` |
//! | `tokio-postgres` | | `fetch_async` through the client of the crate `tokio-postgres` |
//! | `uuid` | | columns and tenants of the type `uuid` |
//! | `query-string` | | filters read from a query string and written back: [`filter`] |
//! | `serde` | | filters of a request in JSON, TOML and other formats: [`FilterRequest`](filter::FilterRequest), [`Operator`](filter::Operator) |
//! | `cache` | | results that are kept in the database, and when they are outdated: the module `cache` |
//! | `monitor` | | what requests ask of the database, counted, named and timed: the module `monitor` |
//! | `plan` | | plans of statements, checks of them for a host's own tests, and advice on indexes: the module `plan` |
//!
//! Without a driver's feature, statements are still built: [`Statement::text`] and [`Statement::parameters`] are
//! there for any other driver.
#![cfg_attr(docsrs, feature(doc_cfg))]
#![deny(missing_docs)]
#![forbid(unsafe_code)]

pub mod aggregate;
pub mod annotation;
#[cfg(feature = "cache")]
pub mod cache;
pub mod catalog;
pub mod chat;
pub mod content_type;
pub mod ddl;
pub mod driver;
mod error;
pub mod expression;
pub mod filter;
mod flight;
mod kept;
pub mod listing;
#[cfg(feature = "monitor")]
pub mod monitor;
pub mod order;
#[cfg(feature = "plan")]
pub mod plan;
pub mod predicate;
mod render;
pub mod report;
pub mod request_scope;
pub mod schema;
pub mod statement;
pub mod statistics;
pub mod strategy;
mod time_zone;

pub use sea_query;

pub use annotation::{Annotation, TextOrder};
pub use catalog::Catalog;
pub use content_type::{ContentTypeId, ContentTypes};
pub use error::Error;
pub use expression::Expression;
pub use listing::{Cursor, Listing, Page, PageStatement, Total};
pub use order::Order;
pub use predicate::Predicate;
pub use request_scope::RequestScope;
pub use schema::{Column, Entity, Links, Relation, ToOne};
pub use statement::Statement;
pub use statistics::Statistics;
pub use strategy::Strategy;
pub use time_zone::TimeZone;

/// The README's code compiles.
#[cfg(all(
    doctest,
    feature = "postgres",
    feature = "query-string",
    feature = "cache",
    feature = "monitor"
))]
#[doc = include_str!("../README.md")]
struct Readme;
