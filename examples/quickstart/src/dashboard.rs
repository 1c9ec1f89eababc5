//! The dashboard: what a host writes for one.

use std::error::Error;

use chrono::{DateTime, TimeDelta, Utc};
use pagewise::TimeZone;
use pagewise::aggregate::{Bucket, Window};
use pagewise::chat::TaggableIds;
use pagewise::chat::dashboard::Dashboard;
use pagewise_reference::REFERENCE_NOW;

use crate::session_page::TEAM;

/// As far back as the reference data go.
pub const LONGEST: u16 = 400;

/// What the viewer of a dashboard picks.
pub struct Picked {
    /// How far back.
    pub days: u16,
    /// Whose calendar.
    pub zone: TimeZone,
}

impl Picked {
    /// What the points of the charts stand for: no more of them than fit on a line.
    pub fn bucket(&self) -> Bucket {
        match self.days {
            0..=2 => Bucket::Hour,
            3..=62 => Bucket::Day,
            _ => Bucket::Week,
        }
    }

    /// When it ends. A service takes the time at which it is asked.
    pub fn until() -> Result<DateTime<Utc>, chrono::ParseError> {
        let now = DateTime::parse_from_str(REFERENCE_NOW, "%Y-%m-%d %H:%M:%S%#z")?;
        Ok(now.to_utc())
    }

    /// The dashboard. Which bots, platforms, participants and tags it is narrowed to would be said here, too.
    pub fn dashboard(&self, ids: &TaggableIds) -> Result<Dashboard, Box<dyn Error>> {
        let window = Window::before(Self::until()?, TimeDelta::days(self.days.into()))?;
        Ok(Dashboard::new(window, ids)
            .tenant(TEAM)
            .in_zone(&self.zone)
            .every(self.bucket()))
    }
}

#[cfg(test)]
mod tests {
    use pagewise::{ContentTypeId, TimeZone};

    use super::{LONGEST, Picked, TaggableIds};

    #[test]
    fn each_length_has_a_dashboard() {
        let ids = TaggableIds {
            chat: ContentTypeId::new(0),
            message: ContentTypeId::new(0),
        };
        for days in [1, 2, 3, 62, 63, LONGEST] {
            let zone = TimeZone::UTC;
            let dashboard = Picked { days, zone }.dashboard(&ids).unwrap();
            assert_eq!(dashboard.build().unwrap().statements().len(), 1);
        }
    }
}
