//! What the grid shows.

use std::fmt::Write;

use crate::grid::{self, PAGES, SORTED};
use crate::index_sets::OF_GRID;
use crate::report::job::Way;
use crate::report::markdown::{capitalized, ratio};
use crate::report::result::{JobResult, ScaleResult, WayResult};

/// What pagewise's choice may take, against the best that it could have chosen.
pub const AT_MOST: f64 = 1.2;
/// What is quicker than so many milliseconds is noise.
pub const NOISE: f64 = 2.0;

const TEAMS: [(&str, &str); 3] = [("large", "largest"), ("middle", "middle"), ("tiny", "tiny")];

/// A job of the grid.
#[derive(Clone, Copy)]
pub struct Cell<'a> {
    pub job: &'a JobResult,
    /// What was chosen.
    pub chosen: &'a WayResult,
    /// The fastest of what could have been chosen.
    pub best: &'a WayResult,
}

impl<'a> Cell<'a> {
    /// What was chosen with the catalog, or without.
    pub fn of(job: &'a JobResult, way: Way) -> Option<Self> {
        let forced = job.ways.iter().filter(|result| result.way == Way::Forced);
        let median = |result: &&WayResult| result.planned.median();
        Some(Self {
            job,
            chosen: job.way(way)?,
            best: forced.min_by(|left, right| median(left).total_cmp(&median(right)))?,
        })
    }

    pub fn all(result: &'a ScaleResult, way: Way) -> Vec<Self> {
        let jobs = result.jobs.iter();
        let jobs = jobs.filter(|job| job.key.starts_with(grid::KEY));
        jobs.filter_map(|job| Self::of(job, way)).collect()
    }

    pub fn ratio(&self) -> f64 {
        self.chosen.planned.ratio(&self.best.planned)
    }

    pub fn is_noise(&self) -> bool {
        self.chosen.planned.median() < NOISE
    }

    pub fn is_over(&self) -> bool {
        self.ratio() > AT_MOST
    }

    /// Which it is, and both times.
    pub fn words(&self) -> String {
        format!(
            "{}: {} {:.1} ms, {} {:.1} ms",
            self.job.title,
            self.chosen.form,
            self.chosen.planned.median(),
            self.best.form,
            self.best.planned.median(),
        )
    }
}

/// The worst of some cells.
pub fn worst<'a>(cells: impl IntoIterator<Item = Cell<'a>>) -> Option<Cell<'a>> {
    let mut cells: Vec<_> = cells.into_iter().collect();
    cells.sort_by(|left, right| left.ratio().total_cmp(&right.ratio()));
    cells.pop()
}

/// The grid of a scale.
pub fn table(result: &ScaleResult) -> String {
    let cells = Cell::all(result, Way::Catalog);
    if cells.is_empty() {
        return String::new();
    }
    let mut text = String::from("| sorted by | indexes |");
    for (_, team) in TEAMS {
        for (_, page) in PAGES {
            let _ = write!(text, " {team}: {page} |");
        }
    }
    let _ = writeln!(
        text,
        "\n|---|---|{}",
        "--:|".repeat(TEAMS.len() * PAGES.len())
    );
    for (sorted, name) in SORTED {
        for indexes in OF_GRID {
            let _ = write!(text, "| {} | {} |", capitalized(name), indexes.key());
            for (team, _) in TEAMS {
                for (page, _) in PAGES {
                    let key = grid::key(sorted, indexes, team, page);
                    let cell = result.job(&key).and_then(|job| Cell::of(job, Way::Catalog));
                    let _ = write!(text, " {} |", cell.map_or(String::new(), shown));
                }
            }
            text.push('\n');
        }
    }
    text.push('\n');
    text.push_str(&summary("with the catalog", &cells));
    text.push_str(&summary("without", &Cell::all(result, Way::Pagewise)));
    text.push_str(&over(&cells));
    text
}

fn shown(cell: Cell<'_>) -> String {
    let initial = cell.chosen.form.get(..1).unwrap_or_default();
    let text = format!(
        "{:.2} {initial} {:.1}",
        cell.ratio(),
        cell.chosen.planned.median()
    );
    match cell.is_over() && !cell.is_noise() {
        true => format!("**{text}**"),
        false => text,
    }
}

fn summary(with: &str, cells: &[Cell<'_>]) -> String {
    let long = cells.iter().copied().filter(|cell| !cell.is_noise());
    let short = cells.iter().copied().filter(Cell::is_noise);
    let over = long.clone().filter(Cell::is_over).count();
    let mut text = format!(
        "* Chosen {with}: {over} of {} cells of {NOISE} ms and more are above {AT_MOST}x",
        long.clone().count()
    );
    for (which, cell) in [
        ("the worst", worst(long)),
        ("the worst of the quicker", worst(short)),
    ] {
        if let Some(cell) = cell {
            let _ = write!(
                text,
                "; {which} {} ({})",
                ratio(Some(cell.ratio())),
                cell.words()
            );
        }
    }
    text.push_str(".\n");
    text
}

/// The cells that are above the limit, with what was said of the choice.
fn over(cells: &[Cell<'_>]) -> String {
    let mut text = String::new();
    for cell in cells
        .iter()
        .filter(|cell| cell.is_over() && !cell.is_noise())
    {
        let said = format!("{}: order by ", Way::Catalog.name());
        let mut notes = cell.job.notes.iter();
        let said = notes.find_map(|note| note.strip_prefix(&said));
        let _ = writeln!(
            text,
            "* {}: {}. Sorted by {}",
            ratio(Some(cell.ratio())),
            cell.words(),
            said.unwrap_or_default(),
        );
    }
    text
}
