//! Several content types that are resolved together.

use super::{ContentType, ContentTypeId};

/// What can be resolved: content types, alone, as a tuple, or as a host's own set.
///
/// ```
/// use pagewise::chat;
/// use pagewise::content_type::ContentTypeSet;
///
/// let names = chat::TAGGABLE.names();
/// assert_eq!(names, [("chat", "chat"), ("chat", "chatmessage")]);
/// ```
pub trait ContentTypeSet {
    /// The numbers, in the same form.
    type Ids;
    /// `(app_label, model)` of each.
    fn names(&self) -> Vec<(&'static str, &'static str)>;
    /// The numbers, one for each name in the same order; `None` if there are fewer.
    fn ids(&self, ids: &mut dyn Iterator<Item = i32>) -> Option<Self::Ids>;
}

impl<E> ContentTypeSet for ContentType<E> {
    type Ids = ContentTypeId<E>;
    fn names(&self) -> Vec<(&'static str, &'static str)> {
        vec![(self.app_label(), self.model())]
    }
    fn ids(&self, ids: &mut dyn Iterator<Item = i32>) -> Option<Self::Ids> {
        ids.next().map(ContentTypeId::new)
    }
}

macro_rules! tuples {
    ($($name:ident)*) => {
        impl<$($name: ContentTypeSet),*> ContentTypeSet for ($($name,)*) {
            type Ids = ($($name::Ids,)*);

            #[allow(non_snake_case, reason = "the names of the types name the parts")]
            fn names(&self) -> Vec<(&'static str, &'static str)> {
                let ($($name,)*) = self;
                let mut names = Vec::new();
                $(names.extend($name.names());)*
                names
            }

            #[allow(non_snake_case, reason = "the names of the types name the parts")]
            fn ids(&self, ids: &mut dyn Iterator<Item = i32>) -> Option<Self::Ids> {
                let ($($name,)*) = self;
                Some(($($name.ids(ids)?,)*))
            }
        }
    };
}

tuples!(A B);
tuples!(A B C);
tuples!(A B C D);
