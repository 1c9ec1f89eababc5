//! Several content types that are resolved together.

use super::{ContentType, ContentTypeId};

/// What can be resolved: content types, alone, as a tuple, by their [names](Names), or as a host's own set.
///
/// # Example: a host's own set
///
/// ```
/// use pagewise::chat::{self, Chat, Message};
/// use pagewise::content_type::{ContentTypeId, ContentTypeSet};
///
/// struct Commented;
///
/// struct CommentedIds {
///     chat: ContentTypeId<Chat>,
///     message: ContentTypeId<Message>,
/// }
///
/// impl ContentTypeSet for Commented {
///     type Ids = CommentedIds;
///
///     fn ids(&self, id: &mut dyn FnMut(&str, &str) -> Option<i32>) -> Option<CommentedIds> {
///         Some(CommentedIds { chat: chat::CHAT.ids(id)?, message: chat::MESSAGE.ids(id)? })
///     }
/// }
///
/// let ids = Commented.ids(&mut |_, model| Some(if model == "chat" { 41 } else { 12 })).unwrap();
/// assert_eq!((ids.chat.value(), ids.message.value()), (41, 12));
/// ```
pub trait ContentTypeSet {
    /// The numbers, in a form of the set's own.
    type Ids;

    /// The numbers, each asked for by its application and model; `None` if one of them is not known.
    ///
    /// It asks for the same names every time, whatever the numbers are: a cache asks it once for what it needs, and once
    /// for what it has.
    fn ids(&self, id: &mut dyn FnMut(&str, &str) -> Option<i32>) -> Option<Self::Ids>;
}

/// Content types that are known by name only when the program runs: their numbers, in the order of the names.
///
/// Of no names there are no numbers, and nothing is asked.
///
/// ```
/// use pagewise::content_type::{ContentTypeSet, Names};
///
/// let configured = vec![("chat".to_owned(), "chat".to_owned())];
/// assert_eq!(Names(&configured).ids(&mut |_, _| Some(41)), Some(vec![41]));
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Names<'a, A, M>(
    /// `(app_label, model)` of each.
    pub &'a [(A, M)],
);

impl<A: AsRef<str>, M: AsRef<str>> ContentTypeSet for Names<'_, A, M> {
    type Ids = Vec<i32>;

    fn ids(&self, id: &mut dyn FnMut(&str, &str) -> Option<i32>) -> Option<Vec<i32>> {
        let ids = self.0.iter();
        ids.map(|(app_label, model)| id(app_label.as_ref(), model.as_ref()))
            .collect()
    }
}

impl<E> ContentTypeSet for ContentType<E> {
    type Ids = ContentTypeId<E>;

    fn ids(&self, id: &mut dyn FnMut(&str, &str) -> Option<i32>) -> Option<ContentTypeId<E>> {
        id(self.app_label(), self.model()).map(ContentTypeId::new)
    }
}

macro_rules! tuples {
    ($($name:ident)*) => {
        impl<$($name: ContentTypeSet),*> ContentTypeSet for ($($name,)*) {
            type Ids = ($($name::Ids,)*);

            #[allow(non_snake_case, reason = "the names of the types name the parts")]
            fn ids(&self, id: &mut dyn FnMut(&str, &str) -> Option<i32>) -> Option<Self::Ids> {
                let ($($name,)*) = self;
                Some(($($name.ids(id)?,)*))
            }
        }
    };
}

tuples!(A B);
tuples!(A B C);
tuples!(A B C D);
