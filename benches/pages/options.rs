//! What the command line asks for.

use std::path::PathBuf;
use std::time::Duration;

pub struct Options {
    /// Scales of the reference data, one report each.
    pub scales: Vec<f64>,
    /// The folder for Markdown and charts.
    pub write: Option<PathBuf>,
    /// How long the rounds of one job may take, roughly, unless the least number of rounds takes longer.
    pub budget: Duration,
}

impl Options {
    pub fn read(mut arguments: impl Iterator<Item = String>) -> Result<Self, String> {
        let mut options = Self {
            scales: vec![0.1, 1.0, 2.0],
            write: None,
            budget: Duration::from_secs(4),
        };
        while let Some(argument) = arguments.next() {
            let mut value = || {
                arguments
                    .next()
                    .ok_or_else(|| format!("{argument} wants a value"))
            };
            match argument.as_str() {
                // cargo's own.
                "--bench" => {}
                "--scales" => {
                    let scales = value()?;
                    options.scales = scales
                        .split(',')
                        .map(|scale| {
                            scale
                                .trim()
                                .parse()
                                .map_err(|_| format!("not a scale: {scale:?}"))
                        })
                        .collect::<Result<_, _>>()?;
                }
                "--write" => options.write = Some(PathBuf::from(value()?)),
                "--budget" => {
                    let seconds = value()?;
                    let seconds: u64 = seconds
                        .parse()
                        .map_err(|_| format!("not a number of seconds: {seconds:?}"))?;
                    options.budget = Duration::from_secs(seconds);
                }
                _ => {
                    return Err(format!(
                        "{argument:?} is unknown: --scales 0.1,1  --write docs  --budget 4"
                    ));
                }
            }
        }
        Ok(options)
    }
}
