//! Sorting by what a request says.

use crate::error::Error;
use crate::order::Order;

/// The fields by which a request may sort, and what each stands for.
///
/// A request names fields (`-last_message,id`); only names that the host offers are taken, so nothing of the
/// request gets into the statement.
///
/// # Example
///
/// ```
/// use pagewise::chat::{self, Session};
/// use pagewise::listing::SortFields;
/// use pagewise::{Error, Listing, Page};
///
/// let messages = chat::message_timestamps();
/// let fields = SortFields::new()
///     .field("created", Session::CREATED_AT.asc(), Session::CREATED_AT.desc())
///     .field("last_message", messages.last.asc(), messages.last.desc());
///
/// let orders = fields.parse("-last_message,created")?;
/// let page = Listing::of(Session).tenant(7).order_by_all(orders).page(Page::first(25)).build()?;
///
/// let refused = fields.parse("password").unwrap_err();
/// assert_eq!(refused.to_string(), r#"cannot sort by "password": use one of created, last_message"#);
/// # Ok::<(), Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct SortFields<E> {
    fields: Vec<Field<E>>,
}

#[derive(Clone, Debug)]
struct Field<E> {
    name: &'static str,
    ascending: Order<E>,
    descending: Order<E>,
}

impl<E> SortFields<E> {
    /// No fields.
    #[must_use]
    pub fn new() -> Self {
        Self { fields: Vec::new() }
    }

    /// Offers a field, and what `name` and `-name` sort by.
    #[must_use]
    pub fn field(mut self, name: &'static str, ascending: Order<E>, descending: Order<E>) -> Self {
        self.fields.push(Field {
            name,
            ascending,
            descending,
        });
        self
    }

    /// The orders that a request asks for: names separated by commas, each with `-` before it for descending.
    /// Empty text asks for none.
    ///
    /// # Errors
    ///
    /// [`Error::UnknownSortField`] if a name is not offered.
    pub fn parse(&self, request: &str) -> Result<Vec<Order<E>>, Error> {
        let names = request
            .split(',')
            .map(str::trim)
            .filter(|name| !name.is_empty());
        names
            .map(|field| {
                let (name, descending) = match field.strip_prefix('-') {
                    Some(name) => (name, true),
                    None => (field, false),
                };
                let found = self.fields.iter().find(|field| field.name == name);
                let found = found.ok_or_else(|| Error::UnknownSortField {
                    field: name.to_owned(),
                    known: self.fields.iter().map(|field| field.name).collect(),
                })?;
                Ok(if descending {
                    found.descending.clone()
                } else {
                    found.ascending.clone()
                })
            })
            .collect()
    }
}

impl<E> Default for SortFields<E> {
    fn default() -> Self {
        Self::new()
    }
}
