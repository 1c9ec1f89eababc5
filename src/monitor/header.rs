//! What a response says of its statements, as values of HTTP headers.

use super::summary::{Statements, Summary};

/// The header of [`Summary::query_count`].
pub const X_QUERY_COUNT: &str = "X-Query-Count";
/// The header of [`Summary::server_timing`].
pub const SERVER_TIMING: &str = "Server-Timing";

impl Summary {
    /// How many statements there were: the value of a header [`X_QUERY_COUNT`].
    ///
    /// It counts in production as elsewhere: nothing has to be turned on for it. Commands of transactions are not among them, as
    /// they are not in the budget: a guard that puts a page into a transaction does not make it another page. What a guard has
    /// run in vain is, and both ways of a [`Shadow`](crate::strategy), each with as many statements as it has.
    ///
    /// ```
    /// use pagewise::monitor::Monitor;
    ///
    /// let request = Monitor::new("sessions table");
    /// request.start("SELECT 1").finished(1);
    /// assert_eq!(request.summary().query_count(), "1");
    /// ```
    #[must_use]
    pub fn query_count(&self) -> String {
        self.statements.to_string()
    }

    /// How long they took in milliseconds, and how many they were, as browsers show it in their tools: the value of a header
    /// [`SERVER_TIMING`], `db;dur=34.5;desc="12 statements"`.
    ///
    /// It is ASCII, and short. It has no names: whom to show it to is all that is to be thought of.
    ///
    /// ```
    /// use pagewise::monitor::Monitor;
    ///
    /// let summary = Monitor::new("sessions table").summary();
    /// assert_eq!(summary.server_timing(), r#"db;dur=0.0;desc="0 statements""#);
    /// ```
    #[must_use]
    pub fn server_timing(&self) -> String {
        let milliseconds = self.time.as_secs_f64() * 1000.0;
        format!(
            "db;dur={milliseconds:.1};desc=\"{}\"",
            Statements(self.statements)
        )
    }
}
