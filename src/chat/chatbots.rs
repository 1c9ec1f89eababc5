//! The list of chatbots: which there are, by what they are searched, and what they are sorted by.

use super::{Experiment, User, chatbot_numbers};
use crate::expression::{add, similarity};
use crate::listing::{Listing, SortFields};
use crate::predicate::Predicate;

/// From which sum of similarities on a chatbot is found. As `real`, so that it is the first above the `0.1` of the origin.
const LEAST_SIMILARITY: f32 = 0.1;

/// The list of chatbots that are not archived, most recently active first: by
/// [`last_activity`](super::ChatbotNumbers::last_activity), chatbots without any last, then by key, until
/// [`order_by`](Listing::order_by) says otherwise.
///
/// Chatbots themselves, not their versions, that have a pipeline, as in the origin. Nothing but the key, and what they are
/// sorted by, is shown until [`show`](Listing::show) says what is: [`chatbot_numbers`] and
/// [`chatbot_trends`](super::chatbot_trends).
///
/// # Example
///
/// ```
/// use pagewise::chat::{self, Experiment};
/// use pagewise::{Listing, Page};
///
/// let numbers = chat::chatbot_numbers();
/// let page = chat::chatbots()
///     .tenant(7)
///     .filter(chat::chatbot_search("support"))
///     .order_by_all(chat::chatbot_sort_fields().parse("-session_count")?)
///     .show((Experiment::NAME, &numbers))
///     .page(Page::first(25))
///     .build()?;
/// # Ok::<(), pagewise::Error>(())
/// ```
#[must_use]
pub fn chatbots() -> Listing<Experiment> {
    chatbots_with_archived().filter(Experiment::IS_ARCHIVED.eq(false))
}

/// The list of [`chatbots`], those that are archived too.
#[must_use]
pub fn chatbots_with_archived() -> Listing<Experiment> {
    Listing::of(Experiment)
        .filter(Experiment::WORKING_VERSION_ID.is_null())
        .filter(Experiment::PIPELINE_ID.is_not_null())
        .default_order(chatbot_numbers().last_activity.desc())
}

/// Chatbots that a search finds: those whose name and description together are similar to the text, and those whose owner
/// is called by it.
///
/// `similarity(name) + similarity(description)` is more than 0.1, or the name of the user contains the text, upper and lower
/// case alike. The sum is NULL without a description, as in the origin: such a chatbot is found by its owner only. An empty
/// text is in the name of every owner, so that it finds every chatbot.
///
/// The database needs the extension `pg_trgm`; see [`similarity`].
///
/// ```
/// use pagewise::chat::{self, Experiment};
/// use pagewise::{Listing, Page};
///
/// let found = Listing::of(Experiment).tenant(7).filter(chat::chatbot_search("support")).page(Page::first(25)).build()?;
/// assert!(found.text().contains(
///     "similarity(\"experiment\".\"name\", $2) + similarity(\"experiment\".\"description\", $3) >= $4 OR EXISTS(SELECT 1 \
///      FROM \"users_customuser\" AS \"user\" WHERE \"user\".\"id\" = \"experiment\".\"owner_id\" AND (\"user\".\"username\" ILIKE $5))"
/// ));
/// # Ok::<(), pagewise::Error>(())
/// ```
#[must_use]
pub fn chatbot_search(text: impl AsRef<str>) -> Predicate<Experiment> {
    let text = text.as_ref();
    let alike = add(
        similarity(Experiment::NAME, text),
        similarity(Experiment::DESCRIPTION, text),
    );
    let owner = Experiment::owner().filter(User::USERNAME.contains_ignore_case(text));
    alike.ge(LEAST_SIMILARITY).or(owner.exists())
}

/// What a request may sort [`chatbots`] by: `name`, `participant_count`, `session_count`, `interaction_count` and
/// `last_activity`, as the origin calls them; see [`ChatbotNumbers`](super::ChatbotNumbers).
///
/// Each sorts the whole list, not the rows of a page. Only what is sorted by is computed for every chatbot.
///
/// ```
/// use pagewise::chat;
///
/// let orders = chat::chatbot_sort_fields().parse("-interaction_count,name")?;
/// let refused = chat::chatbot_sort_fields().parse("owner").unwrap_err();
/// assert_eq!(
///     refused.to_string(),
///     r#"cannot sort by "owner": use one of name, participant_count, session_count, interaction_count, last_activity"#
/// );
/// # Ok::<(), pagewise::Error>(())
/// ```
#[must_use]
pub fn chatbot_sort_fields() -> SortFields<Experiment> {
    let numbers = chatbot_numbers();
    let mut fields =
        SortFields::new().field("name", Experiment::NAME.asc(), Experiment::NAME.desc());
    for (name, count) in [
        ("participant_count", &numbers.participants),
        ("session_count", &numbers.sessions),
        ("interaction_count", &numbers.interactions),
    ] {
        fields = fields.field(name, count.asc(), count.desc());
    }
    let last = &numbers.last_activity;
    fields.field("last_activity", last.asc(), last.desc())
}
