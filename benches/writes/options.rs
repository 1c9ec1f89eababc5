//! What the command line asks for.

use std::path::PathBuf;

pub struct Options {
    pub scale: f64,
    pub rounds: usize,
    /// The folder for Markdown.
    pub write: Option<PathBuf>,
}

impl Options {
    pub fn read(mut arguments: impl Iterator<Item = String>) -> Result<Self, String> {
        // `cargo test --benches` runs it too, without cargo's own argument: then it only shows that it works.
        let mut options = Self {
            scale: 0.01,
            rounds: 1,
            write: None,
        };
        let (mut benched, mut scale, mut rounds) = (false, None, None);
        while let Some(argument) = arguments.next() {
            let mut value = || {
                arguments
                    .next()
                    .ok_or_else(|| format!("{argument} wants a value"))
            };
            match argument.as_str() {
                "--bench" => benched = true,
                "--scale" => {
                    let text = value()?;
                    scale = Some(text.parse().map_err(|_| format!("not a scale: {text:?}"))?);
                }
                "--rounds" => {
                    let text = value()?;
                    rounds = Some(
                        text.parse()
                            .map_err(|_| format!("not a number: {text:?}"))?,
                    );
                }
                "--write" => options.write = Some(PathBuf::from(value()?)),
                _ => {
                    return Err(format!(
                        "{argument:?} is unknown: --scale 0.1  --rounds 3  --write docs"
                    ));
                }
            }
        }
        if benched {
            options.scale = 0.1;
            options.rounds = 7;
        }
        if let Some(scale) = scale {
            options.scale = scale;
        }
        if let Some(rounds) = rounds {
            options.rounds = std::cmp::Ord::max(rounds, 1);
        }
        Ok(options)
    }
}
