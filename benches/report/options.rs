//! What the command line asks for.

use std::path::PathBuf;
use std::time::Duration;

pub struct Options {
    /// Scales of the reference data, one report each.
    pub scales: Vec<f64>,
    /// The folder for Markdown and charts.
    pub write: Option<PathBuf>,
    /// Only jobs whose key has one of these in it, if there are any.
    pub only: Vec<String>,
    /// How long the rounds of one job may take, roughly, unless the least number of rounds takes longer.
    pub budget: Duration,
}

impl Options {
    pub fn read(mut arguments: impl Iterator<Item = String>) -> Result<Self, String> {
        // `cargo test --benches` runs it too, without cargo's own argument: then it only shows that it works.
        let mut options = Self {
            scales: vec![0.01],
            write: None,
            only: Vec::new(),
            budget: Duration::ZERO,
        };
        let (mut benched, mut scales, mut budget) = (false, None, None);
        while let Some(argument) = arguments.next() {
            let mut value = || {
                arguments
                    .next()
                    .ok_or_else(|| format!("{argument} wants a value"))
            };
            match argument.as_str() {
                "--bench" => {
                    benched = true;
                }
                "--scales" => {
                    let list = value()?;
                    let read = |scale: &str| {
                        scale
                            .trim()
                            .parse()
                            .map_err(|_| format!("not a scale: {scale:?}"))
                    };
                    scales = Some(list.split(',').map(read).collect::<Result<_, _>>()?);
                }
                "--write" => options.write = Some(PathBuf::from(value()?)),
                "--only" => {
                    options.only = value()?.split(',').map(str::to_owned).collect();
                }
                "--budget" => {
                    let seconds = value()?;
                    let seconds: u64 = seconds
                        .parse()
                        .map_err(|_| format!("not a number of seconds: {seconds:?}"))?;
                    budget = Some(Duration::from_secs(seconds));
                }
                _ => {
                    return Err(format!(
                        "{argument:?} is unknown: --scales 0.1,1  --write docs  --only rare,none  --budget 4"
                    ));
                }
            }
        }
        if benched {
            options.scales = vec![0.1, 1.0, 2.0];
            options.budget = Duration::from_secs(4);
        }
        options.scales = scales.unwrap_or(options.scales);
        options.budget = budget.unwrap_or(options.budget);
        Ok(options)
    }

    /// Whether a job of this key is asked for.
    pub fn is_wanted(&self, key: &str) -> bool {
        self.only.is_empty() || self.only.iter().any(|part| key.contains(part))
    }
}
