//! Which statistics the filters of Open Chat Studio are estimated by.

use super::{Channel, Chat, Experiment, Message, Participant, Session, Tag, TaggedItem, Trace};
use crate::statistics::TableSet;

/// The tables that filters look at, what the most used tags are called, and of which chatbots the most used ones are
/// versions.
///
/// ```no_run
/// use pagewise::chat;
/// use pagewise::statistics::Statistics;
///
/// # fn example(client: &mut postgres::Client) -> Result<(), pagewise::Error> {
/// let statistics = Statistics::read(client, &chat::filter_tables())?;
/// # Ok(())
/// # }
/// ```
#[must_use]
pub fn filter_tables() -> TableSet {
    TableSet::new()
        .table(Chat)
        .table(Message)
        .table(Participant)
        .table(Channel)
        .label(Session::EXPERIMENT_ID, Experiment::WORKING_VERSION_ID)
        .label(Trace::EXPERIMENT_ID, Experiment::WORKING_VERSION_ID)
        .label(TaggedItem::TAG_ID, Tag::NAME)
        .label(TaggedItem::TAG_ID, Tag::CATEGORY)
        .label(TaggedItem::TAG_ID, Tag::IS_SYSTEM_TAG)
}
