//! A client of either driver, for what runs several statements and is written once for both.

use std::future::Future;
use std::pin::Pin;

use sea_query::Value;

use super::wire::{Error as DriverError, Row};

/// An answer that is there, or will be.
pub(crate) type Answer<'a> =
    Pin<Box<dyn Future<Output = Result<Vec<Row>, DriverError>> + Send + 'a>>;

/// What runs one statement after the other.
pub(crate) trait Session {
    fn run<'a>(&'a mut self, text: &'a str, parameters: &'a [Value]) -> Answer<'a>;
}

#[cfg(feature = "postgres")]
pub(crate) struct Blocking<'c, C>(pub &'c mut C);

#[cfg(feature = "postgres")]
impl<C: crate::driver::postgres::Execute> Session for Blocking<'_, C> {
    fn run<'a>(&'a mut self, text: &'a str, parameters: &'a [Value]) -> Answer<'a> {
        Box::pin(std::future::ready(self.0.run(text, parameters)))
    }
}

#[cfg(feature = "tokio-postgres")]
pub(crate) struct Asynchronous<'c, C>(pub &'c C);

#[cfg(feature = "tokio-postgres")]
impl<C: crate::driver::tokio_postgres::Execute> Session for Asynchronous<'_, C> {
    fn run<'a>(&'a mut self, text: &'a str, parameters: &'a [Value]) -> Answer<'a> {
        Box::pin(self.0.run(text, parameters))
    }
}

/// What comes of a future over a [`Blocking`] session, all of whose answers are there: it is never pending.
#[cfg(feature = "postgres")]
pub(crate) fn at_once<T>(future: impl Future<Output = T>) -> T {
    use std::task::{Context, Poll, Waker};
    let mut future = std::pin::pin!(future);
    loop {
        if let Poll::Ready(answer) = future
            .as_mut()
            .poll(&mut Context::from_waker(Waker::noop()))
        {
            return answer;
        }
    }
}
