//! How a chatbot ran in the last day, hour by hour.

use chrono::{DateTime, DurationRound, TimeDelta, Utc};

use super::{Experiment, Trace};
use crate::aggregate::{Bucket, Window};
use crate::annotation::Annotation;
use crate::listing::{Selection, Shows};
use crate::time_zone::TimeZone;

/// How far back trends go.
const DAY: TimeDelta = TimeDelta::hours(24);

/// How many hours a trend has: those that a day touches, the first and the last in part.
#[cfg(any(feature = "postgres", feature = "tokio-postgres"))]
pub(super) const TREND_HOURS: usize = 25;

/// How often a chatbot ran in each hour of the last day; for a small chart beside it.
///
/// Shown one by one, or all at once: `.show(&trends)`.
#[derive(Clone, Debug)]
pub struct ChatbotTrends {
    /// When the first hour begins; the others follow it.
    pub start: DateTime<Utc>,
    /// How often it succeeded, in each of 25 hours.
    pub success: Annotation<Experiment, Vec<i64>>,
    /// How often it failed, in each of 25 hours.
    pub error: Annotation<Experiment, Vec<i64>>,
}

impl Selection<Experiment> for &ChatbotTrends {
    fn add_to(self, shows: &mut Shows<'_, Experiment>) {
        shows.add((&self.success, &self.error));
    }
}

/// How often a chatbot and its versions succeeded and failed in each hour of the 24 hours before `now`, by traces.
///
/// Outputs `success_trend` and `error_trend`: 25 counts, from the hour in which the day begins to that of `now`, by the clock
/// of UTC; 0 where there is no trace. Of the first hour only the part counts that is within the day. Pending traces do not
/// count.
///
/// Both are counted in one pass over the traces of the last day, which the origin's index on `(experiment_id, timestamp DESC)`
/// finds. They are those of a [`family`](Experiment::family): before October 2025, a trace could point at a version.
///
/// # Example
///
/// ```
/// use chrono::Utc;
/// use pagewise::chat;
/// use pagewise::Page;
///
/// let trends = chat::chatbot_trends(Utc::now());
/// let page = chat::chatbots().tenant(7).show(&trends).page(Page::first(25)).build()?;
/// assert_eq!(page.text().matches("generate_series").count(), 1);      // the two share one sub-select
/// # Ok::<(), pagewise::Error>(())
/// ```
#[must_use]
pub fn chatbot_trends(now: DateTime<Utc>) -> ChatbotTrends {
    let (start, window) = last_day(now);
    let runs = Experiment::family()
        .then(Experiment::traces())
        .named("recent_traces");
    let counts = |status: &str| {
        let runs = runs.clone().filter(Trace::STATUS.eq(status));
        runs.counts_over_time(Trace::TIMESTAMP, Bucket::Hour, &window, &TimeZone::UTC)
    };
    ChatbotTrends {
        start,
        success: counts("success").named("success_trend"),
        error: counts("error").named("error_trend"),
    }
}

/// When the first hour of a trend begins, and the window of it: the day before `now`, and the rest of the hour.
pub(super) fn last_day(now: DateTime<Utc>) -> (DateTime<Utc>, Window) {
    let since = now.checked_sub_signed(DAY).unwrap_or(now);
    let start = since.duration_trunc(TimeDelta::hours(1)).unwrap_or(since);
    let end = start.checked_add_signed(DAY + TimeDelta::hours(1));
    let end = end.unwrap_or(DateTime::<Utc>::MAX_UTC);
    (start, Window::up_to(since, end))
}
