//! How long a statement looks before it finds all that are linked: [`LinkLimits`].

/// How many links are few, and how many rows are looked at one by one, where a statement finds out by itself in which
/// form its conditions on links are faster: see [`LinkForm::Bounded`](super::LinkForm::Bounded).
///
/// The numbers bound what a wrong guess costs, and change no row. They stand in the text as they are, so choose them
/// once for a listing, not for a request: other numbers are another prepared statement.
///
/// # Example
///
/// ```
/// use pagewise::Listing;
/// use pagewise::chat::Session;
/// use pagewise::listing::LinkLimits;
///
/// // Pages are large, and all links are in memory.
/// const LIMITS: LinkLimits = LinkLimits::new().few_links(5_000).looked_at(2_000);
///
/// let listing = Listing::of(Session).tenant(7).link_limits(LIMITS);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct LinkLimits {
    pub(super) few_links: u32,
    pub(super) looked_at: u32,
}

impl LinkLimits {
    /// 1000 links are few, and 1000 rows are looked at: a few milliseconds each.
    #[must_use]
    pub const fn new() -> Self {
        Self {
            few_links: 1_000,
            looked_at: 1_000,
        }
    }

    /// As many links as are found without a second thought: if no more point at what is wanted, all rows that are linked
    /// are found, and none is looked at.
    ///
    /// From a hundred, where links are read from a disk, to ten thousand, where they are in memory.
    #[must_use]
    pub const fn few_links(mut self, links: u32) -> Self {
        self.few_links = links;
        self
    }

    /// As many rows as are looked at one by one, by their links and those of what belongs to them; three times as many
    /// where it is but their own links, as of messages. Then all rows that are linked are found, if the page is not full yet.
    ///
    /// A page is never filled by fewer than it has rows: at least ten times a page's size, so that what one row in ten
    /// has fills a page.
    #[must_use]
    pub const fn looked_at(mut self, rows: u32) -> Self {
        self.looked_at = rows;
        self
    }
}

impl Default for LinkLimits {
    fn default() -> Self {
        Self::new()
    }
}
