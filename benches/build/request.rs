//! The same requests, as listings.

use chrono::{DateTime, Utc};
use pagewise::chat::{self, MessageTimestamps, Session, TaggableIds};
use pagewise::schema::SqlType;
use pagewise::{Annotation, ContentTypeId, Cursor, Error, Listing, Page, PageStatement};

/// Whose sessions.
pub const TEAM: i64 = 7;
/// The content type of messages.
pub const MESSAGE_TYPE_ID: i32 = 12;
/// The rows of a page.
pub const SIZE: u64 = 25;
/// The filters' values.
pub const STATUSES: [&str; 2] = ["active", "complete"];
pub const PLATFORM: &str = "evaluations";

/// What a service declares once.
pub struct Declared {
    messages: MessageTimestamps,
    versions: Annotation<Session, String>,
}

impl Declared {
    pub fn new() -> Self {
        let ids = TaggableIds {
            chat: ContentTypeId::new(41),
            message: ContentTypeId::new(MESSAGE_TYPE_ID),
        };
        Self {
            messages: chat::message_timestamps(),
            versions: chat::version_tags(&ids),
        }
    }

    /// A page of 25 sessions with nothing computed.
    pub fn plain(&self) -> Listing<Session> {
        self.listing().page(Page::first(SIZE as u32))
    }

    /// The page after a cursor, with messages counted.
    pub fn keyset(&self, cursor: Cursor) -> Listing<Session> {
        self.listing()
            .show(&self.messages)
            .page(Page::after(cursor, SIZE as u32))
    }

    /// The cursor of the session with these sort keys.
    pub fn cursor(&self, at: DateTime<Utc>, id: i64) -> Result<Cursor, Error> {
        self.plain()
            .build()?
            .cursor([at.into_value(), id.into_value()])
    }

    /// The session page: 4 annotations, 3 filters.
    pub fn session_page(&self, since: DateTime<Utc>) -> Listing<Session> {
        self.listing()
            .filter(Session::STATUS.any_of(STATUSES))
            .filter(Session::PLATFORM.is_distinct_from(PLATFORM))
            .filter(Session::CREATED_AT.ge(since))
            .show((&self.messages, &self.versions))
            .page(Page::first(SIZE as u32))
    }

    fn listing(&self) -> Listing<Session> {
        Listing::of(Session)
            .tenant(TEAM)
            .order_by(Session::CREATED_AT.desc())
            .show((Session::EXTERNAL_ID, Session::STATUS, Session::CREATED_AT))
    }
}

/// The statement as a driver takes it.
pub fn built(listing: &Listing<Session>) -> Result<PageStatement<Session>, Error> {
    listing.build()
}
