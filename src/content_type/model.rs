//! A model, and the number that stands for it.

use std::fmt;
use std::marker::PhantomData;

/// A model that generic relations may point at: the Django application and model of the entity `E`.
///
/// ```
/// use pagewise::chat::Chat;
/// use pagewise::content_type::ContentType;
///
/// const CHAT: ContentType<Chat> = ContentType::new("chat", "chat");
/// ```
pub struct ContentType<E> {
    app_label: &'static str,
    model: &'static str,
    marker: PhantomData<fn() -> E>,
}

/// The number that stands for the entity `E` in one database's generic relations.
pub struct ContentTypeId<E> {
    id: i32,
    marker: PhantomData<fn() -> E>,
}

impl<E> ContentType<E> {
    /// The model `app_label.model`; the model in lower case, as Django keeps it.
    #[must_use]
    pub const fn new(app_label: &'static str, model: &'static str) -> Self {
        Self {
            app_label,
            model,
            marker: PhantomData,
        }
    }

    /// The Django application.
    #[must_use]
    pub const fn app_label(self) -> &'static str {
        self.app_label
    }

    /// The model's class name in lower case.
    #[must_use]
    pub const fn model(self) -> &'static str {
        self.model
    }
}

impl<E> ContentTypeId<E> {
    /// A number that is known from elsewhere.
    #[must_use]
    pub const fn new(id: i32) -> Self {
        Self {
            id,
            marker: PhantomData,
        }
    }

    /// The number.
    #[must_use]
    pub const fn value(self) -> i32 {
        self.id
    }
}

macro_rules! copy {
    ($($type:ident { $($field:ident),* })*) => {$(
        impl<E> Clone for $type<E> {
            fn clone(&self) -> Self {
                *self
            }
        }

        impl<E> Copy for $type<E> {}

        impl<E> fmt::Debug for $type<E> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.debug_struct(stringify!($type))$(.field(stringify!($field), &self.$field))*.finish()
            }
        }
    )*};
}

copy! {
    ContentType { app_label, model }
    ContentTypeId { id }
}
