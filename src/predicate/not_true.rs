//! What is left over by a condition: [`Predicate::is_not_true`].

use super::{Comparison, Predicate, PredicateNode};
use crate::schema::Entity;

impl<E: Entity> Predicate<E> {
    /// True where the condition is false or NULL: every row that a filter by the condition leaves out.
    ///
    /// Unlike `!condition`, which is NULL where the condition is: a session without a platform is no session of the
    /// web, and no session of which that is false.
    ///
    /// `EXISTS` becomes `NOT EXISTS`, which PostgreSQL can join by; of conditions joined by AND or OR each part is left
    /// over by itself; anything else becomes `(condition) IS NOT TRUE`.
    ///
    /// ```
    /// use pagewise::chat::{Message, Session};
    /// use pagewise::{Listing, Page};
    ///
    /// let human = Session::messages().filter(Message::MESSAGE_TYPE.eq("human"));
    /// let web = Session::PLATFORM.any_of(["web"]);
    /// let page = Listing::of(Session)
    ///     .tenant(7)
    ///     .filter(web.or(human.exists()).is_not_true())
    ///     .page(Page::first(10))
    ///     .build()?;
    /// assert!(page.to_string().contains(
    ///     r#"("session"."platform" = ANY(CAST($2 AS text[]))) IS NOT TRUE AND (NOT EXISTS("#
    /// ));
    /// # Ok::<(), pagewise::Error>(())
    /// ```
    #[must_use]
    pub fn is_not_true(self) -> Self {
        Self::new(self.node.not_true())
    }
}

impl PredicateNode {
    /// What is left over by the condition.
    pub(crate) fn not_true(self) -> Self {
        let of_each = |parts: Vec<Self>| parts.into_iter().map(Self::not_true).collect();
        match self {
            Self::IsNull { node, negated } => Self::IsNull {
                node,
                negated: !negated,
            },
            Self::Exists {
                path,
                filter,
                negated,
            } => Self::Exists {
                path,
                filter,
                negated: !negated,
            },
            // These are never NULL.
            Self::Compare(left, Comparison::DistinctFrom, right) => {
                Self::Compare(left, Comparison::NotDistinctFrom, right)
            }
            Self::Compare(left, Comparison::NotDistinctFrom, right) => {
                Self::Compare(left, Comparison::DistinctFrom, right)
            }
            Self::Linked(linked, form) => Self::not_linked(linked, form),
            Self::All(parts) => Self::Any(of_each(parts)),
            Self::Any(parts) => Self::All(of_each(parts)),
            node @ Self::NotTrue(_) => Self::Not(Box::new(node)),
            node => Self::NotTrue(Box::new(node)),
        }
    }
}
