//! The same requests, as listings.

use chrono::{DateTime, Utc};
use pagewise::chat::{self, Match, MessageTimestamps, Session, TaggableIds};
use pagewise::filter::{Filter, FilterPipeline, Selectivity};
use pagewise::listing::LinkForm;
use pagewise::schema::SqlType;
use pagewise::{Annotation, ContentTypeId, Cursor, Error, Listing, Page, PageStatement};

/// Whose sessions.
pub const TEAM: i64 = 7;
/// The content types of chats and of messages.
pub const CHAT_TYPE_ID: i32 = 41;
pub const MESSAGE_TYPE_ID: i32 = 12;
/// The rows of a page.
pub const SIZE: u64 = 25;
/// The filters' values.
pub const STATUSES: [&str; 2] = ["active", "complete"];
pub const PLATFORM: &str = "evaluations";
pub const PLATFORMS: [&str; 2] = ["web", "api"];
pub const PART: &str = "a7";
pub const TAGS: [i64; 2] = [120, 150];

/// What a service declares once.
pub struct Declared {
    ids: TaggableIds,
    messages: MessageTimestamps,
    versions: Annotation<Session, String>,
}

impl Declared {
    pub fn new() -> Self {
        let ids = TaggableIds {
            chat: ContentTypeId::new(CHAT_TYPE_ID),
            message: ContentTypeId::new(MESSAGE_TYPE_ID),
        };
        Self {
            ids,
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

    /// A page of sessions by a pipeline of 5 filters, added in no good order, one of them on tags.
    pub fn filtered(&self, since: DateTime<Utc>, form: LinkForm) -> Listing<Session> {
        let tagged = chat::tagged(&self.ids, Match::any_of(TAGS));
        let part = Session::EXTERNAL_ID.contains_ignore_case(PART);
        let first = Session::FIRST_ACTIVITY_AT.ge(since);
        let pipeline = FilterPipeline::new()
            .filter(Filter::new("tags", tagged).selectivity(Selectivity::Low))
            .filter(Filter::new("session_id", part))
            .filter(Filter::new("first_message", first).selectivity(Selectivity::Low))
            .filter(Filter::new("channels", Session::PLATFORM.any_of(PLATFORMS)))
            .filter(
                Filter::new("state", Session::STATUS.any_of(STATUSES))
                    .selectivity(Selectivity::High),
            );
        self.listing()
            .filter_all(&pipeline)
            .link_form(form)
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
