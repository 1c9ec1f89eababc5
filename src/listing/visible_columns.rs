//! Showing what a request says.

use std::marker::PhantomData;

use super::selection::{Selection, Shown, Shows};
use crate::error::Error;
use crate::schema::Entity;

/// The columns that a request may have shown, and what each stands for.
///
/// A list whose user hides columns shows what is left: what is hidden is not in the SQL, and costs nothing. It may still
/// be filtered and sorted by.
///
/// # Example
///
/// ```
/// use pagewise::chat::{self, Experiment, Session};
/// use pagewise::listing::VisibleColumns;
/// use pagewise::{Listing, Page};
///
/// let messages = chat::message_timestamps();
/// let chatbot = Session::experiment().value(Experiment::NAME).named("chatbot");
/// let columns = VisibleColumns::new()
///     .column("state", Session::STATUS)
///     .column("chatbot", &chatbot)
///     .column("messages", &messages);
///
/// let visible = columns.parse("chatbot,state")?;
/// assert!(visible.contains("state") && !visible.contains("messages"));
/// let page = Listing::of(Session).tenant(7).show(&visible).page(Page::first(25)).build()?;
/// assert!(!page.text().contains("chat_chatmessage"));
///
/// let refused = columns.parse("state,password").unwrap_err();
/// assert_eq!(refused.to_string(), r#"cannot show "password": use some of state, chatbot, messages"#);
/// let (visible, unknown) = columns.parse_lenient("state,password");
/// assert_eq!(unknown, ["password"]);
/// # Ok::<(), pagewise::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct VisibleColumns<E> {
    columns: Vec<VisibleColumn>,
    marker: PhantomData<fn() -> E>,
}

#[derive(Clone, Debug)]
struct VisibleColumn {
    name: &'static str,
    shown: Vec<Shown>,
}

/// The columns that a request has shown; for [`Listing::show`](super::Listing::show).
#[derive(Clone, Debug)]
pub struct Visible<E> {
    columns: Vec<VisibleColumn>,
    marker: PhantomData<fn() -> E>,
}

impl<E: Entity> VisibleColumns<E> {
    /// No columns.
    #[must_use]
    pub fn new() -> Self {
        Self {
            columns: Vec::new(),
            marker: PhantomData,
        }
    }

    /// Offers a column, and what is shown for it: all that [`Listing::show`](super::Listing::show) takes.
    #[must_use]
    pub fn column(mut self, name: &'static str, selection: impl Selection<E>) -> Self {
        let mut shown = Vec::new();
        selection.add_to(&mut Shows::new(&mut shown));
        self.columns.push(VisibleColumn { name, shown });
        self
    }

    /// The names of the columns, in the order in which they were offered.
    pub fn names(&self) -> impl Iterator<Item = &'static str> {
        self.columns.iter().map(|column| column.name)
    }

    /// The columns that a request asks for: names separated by commas. Empty text asks for none.
    ///
    /// # Errors
    ///
    /// [`Error::UnknownVisibleColumn`] if a name is not offered.
    pub fn parse(&self, request: &str) -> Result<Visible<E>, Error> {
        let (visible, mut unknown) = self.parse_lenient(request);
        if unknown.is_empty() {
            return Ok(visible);
        }
        Err(Error::UnknownVisibleColumn {
            column: unknown.swap_remove(0),
            known: self.names().collect(),
        })
    }

    /// The columns that a request asks for, as far as they are offered, and the names that are not.
    #[must_use]
    pub fn parse_lenient(&self, request: &str) -> (Visible<E>, Vec<String>) {
        let mut visible = Visible {
            columns: Vec::new(),
            marker: PhantomData,
        };
        let mut unknown = Vec::new();
        let names = request
            .split(',')
            .map(str::trim)
            .filter(|name| !name.is_empty());
        for name in names {
            match self.columns.iter().find(|column| column.name == name) {
                Some(_) if visible.contains(name) => {}
                Some(column) => visible.columns.push(column.clone()),
                None => unknown.push(name.to_owned()),
            }
        }
        (visible, unknown)
    }
}

impl<E> Visible<E> {
    /// Whether the column of this name is shown.
    #[must_use]
    pub fn contains(&self, name: &str) -> bool {
        self.columns.iter().any(|column| column.name == name)
    }

    /// The names of the columns, in the order in which the request has them.
    pub fn names(&self) -> impl Iterator<Item = &'static str> {
        self.columns.iter().map(|column| column.name)
    }
}

impl<E: Entity> Selection<E> for &Visible<E> {
    fn add_to(self, shows: &mut Shows<'_, E>) {
        shows.extend(self.columns.iter().flat_map(|column| &column.shown));
    }
}

impl<E: Entity> Selection<E> for Visible<E> {
    fn add_to(self, shows: &mut Shows<'_, E>) {
        shows.add(&self);
    }
}

impl<E: Entity> Default for VisibleColumns<E> {
    fn default() -> Self {
        Self::new()
    }
}
