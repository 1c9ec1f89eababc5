//! The content types of what can be tagged.

use super::{Chat, Message};
use crate::content_type::{ContentType, ContentTypeId, ContentTypeSet};

/// Chats, as generic relations call them.
pub const CHAT: ContentType<Chat> = ContentType::new("chat", "chat");
/// Messages, as generic relations call them.
pub const MESSAGE: ContentType<Message> = ContentType::new("chat", "chatmessage");

/// Chats and messages: what tags hang on.
///
/// ```no_run
/// use pagewise::chat;
/// use pagewise::ContentTypes;
///
/// # fn example(client: &mut postgres::Client) -> Result<(), pagewise::Error> {
/// let types = ContentTypes::default();
/// let ids = types.resolve(client, &chat::TAGGABLE)?;
/// let versions = chat::version_tags(&ids);
/// # Ok(())
/// # }
/// ```
pub const TAGGABLE: Taggable = Taggable;

/// The content types of [`TAGGABLE`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Taggable;

/// The numbers of [`TAGGABLE`] in one database.
#[derive(Clone, Copy, Debug)]
pub struct TaggableIds {
    /// The number of chats.
    pub chat: ContentTypeId<Chat>,
    /// The number of messages.
    pub message: ContentTypeId<Message>,
}

impl ContentTypeSet for Taggable {
    type Ids = TaggableIds;

    fn ids(&self, id: &mut dyn FnMut(&str, &str) -> Option<i32>) -> Option<TaggableIds> {
        let (chat, message) = (CHAT, MESSAGE).ids(id)?;
        Some(TaggableIds { chat, message })
    }
}
