//! How long each way took under each load, round by round, and the table of it.

use std::fmt::Write as _;

use super::Fallible;

/// What is compared, and under what: a heading each.
pub trait Named: Copy + PartialEq {
    fn words(self) -> &'static str;
}

struct Round<W, L> {
    way: W,
    load: L,
    milliseconds: f64,
}

/// The times of all rounds; the rounds of a way under a load stand in the order in which they were.
pub struct Costs<W, L>(Vec<Round<W, L>>);

impl<W: Named, L: Named> Costs<W, L> {
    pub fn new() -> Self {
        Self(Vec::new())
    }

    pub fn add(&mut self, way: W, load: L, milliseconds: f64) {
        self.0.push(Round {
            way,
            load,
            milliseconds,
        });
    }

    fn times(&self, way: W, load: L) -> Vec<f64> {
        let rounds = self.0.iter();
        let rounds = rounds.filter(|round| round.way == way && round.load == load);
        rounds.map(|round| round.milliseconds).collect()
    }

    /// A row for each way: the median time in units of so many milliseconds, and the median of the rounds' ratios to the
    /// way that stands first.
    pub fn table(&self, ways: &[W], loads: &[L], unit: f64, digits: usize) -> Fallible<String> {
        let mut text = String::new();
        let head: Vec<_> = loads.iter().map(|load| load.words()).collect();
        writeln!(text, "| | {} |", head.join(" | "))?;
        writeln!(text, "|---|{}", "--:|".repeat(head.len()))?;
        let first = ways.first().ok_or("no ways")?;
        for way in ways {
            write!(text, "| {} |", way.words())?;
            for load in loads {
                let (times, others) = (self.times(*way, *load), self.times(*first, *load));
                let ratios = times.iter().zip(&others).map(|(time, other)| time / other);
                let (time, ratio) = (median(times.iter().copied()), median(ratios));
                write!(text, " {:.digits$} ({ratio:.2}x) |", time / unit)?;
            }
            writeln!(text)?;
        }
        Ok(text)
    }
}

/// The middle one; of an even number, the upper.
fn median(times: impl Iterator<Item = f64>) -> f64 {
    let mut times: Vec<_> = times.collect();
    times.sort_by(f64::total_cmp);
    times.get(times.len() / 2).copied().unwrap_or(f64::NAN)
}
