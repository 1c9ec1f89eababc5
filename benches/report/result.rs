//! What was measured.

use super::job::{Way, name};

/// The jobs at one scale.
pub struct ScaleResult {
    pub scale: f64,
    /// The sessions of the team.
    pub sessions: u64,
    pub jobs: Vec<JobResult>,
}

/// A job and what each way to it costs.
pub struct JobResult {
    pub key: String,
    pub title: String,
    /// How many rows there are, or what was counted.
    pub rows: String,
    /// How much is read, where the number of rows does not say it.
    pub counted: Option<u64>,
    pub notes: Vec<String>,
    pub ways: Vec<WayResult>,
}

/// What one way costs.
pub struct WayResult {
    pub way: Way,
    pub form: &'static str,
    /// Parsed and planned each time: one round trip for each statement.
    pub planned: Timing,
    /// Prepared once, where that was measured.
    pub prepared: Option<Timing>,
    /// Planning alone, in milliseconds.
    pub planning: f64,
    pub buffers: u64,
}

/// The milliseconds of each round. Slow ways sit the later rounds out.
pub struct Timing(pub Vec<f64>);

impl Timing {
    /// Whether it took too long to be waited for.
    pub fn is_given_up(&self) -> bool {
        self.0.iter().any(|time| time.is_infinite())
    }

    pub fn median(&self) -> f64 {
        median(self.0.clone())
    }

    /// The fastest round: what other work on the machine disturbs least.
    pub fn fastest(&self) -> f64 {
        self.0.iter().copied().fold(f64::MAX, f64::min)
    }

    /// The median of the ratios of the rounds that both were in.
    pub fn ratio(&self, other: &Self) -> f64 {
        let rounds = self.0.iter().zip(&other.0);
        median(rounds.map(|(own, other)| own / other).collect())
    }

    /// The median of the differences, in milliseconds.
    pub fn difference(&self, other: &Self) -> f64 {
        let rounds = self.0.iter().zip(&other.0);
        median(rounds.map(|(own, other)| own - other).collect())
    }
}

impl ScaleResult {
    pub fn job(&self, key: &str) -> Option<&JobResult> {
        self.jobs.iter().find(|job| job.key == key)
    }
}

impl JobResult {
    /// The title without what differs between scales.
    pub fn name(&self) -> &str {
        match self.title.split_once(" (after") {
            Some((name, _)) => name,
            None => self
                .title
                .trim_end_matches(|letter: char| letter.is_ascii_digit())
                .trim_end(),
        }
    }

    /// What the way costs; of several forms, the fastest.
    pub fn way(&self, way: Way) -> Option<&WayResult> {
        let ways = self.ways.iter().filter(|result| result.way == way);
        ways.min_by(|left, right| {
            let (left, right) = (left.planned.fastest(), right.planned.fastest());
            left.total_cmp(&right)
        })
    }

    /// What the way costs in one of its forms.
    pub fn form(&self, way: Way, form: &str) -> Option<&WayResult> {
        let mut ways = self.ways.iter();
        ways.find(|result| result.way == way && result.form == form)
    }

    /// The time with planning, against another way's.
    pub fn ratio(&self, result: &WayResult, against: Way) -> Option<f64> {
        Some(result.planned.ratio(&self.way(against)?.planned))
    }

    /// The time prepared, against another way's.
    pub fn prepared_ratio(&self, result: &WayResult, against: Way) -> Option<f64> {
        let other = self.way(against)?.prepared.as_ref()?;
        Some(result.prepared.as_ref()?.ratio(other))
    }

    /// The buffers, against another way's.
    pub fn buffers_ratio(&self, result: &WayResult, against: Way) -> Option<f64> {
        Some(result.buffers as f64 / self.way(against)?.buffers as f64)
    }
}

impl WayResult {
    pub fn name(&self) -> String {
        name(self.way, self.form)
    }
}

pub fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}
