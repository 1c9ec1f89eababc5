//! Charts as SVG, logarithmic: what is compared differs by orders of magnitude.

use std::fmt::Write;

use super::job::Way;
use super::result::{JobResult, ScaleResult};

fn colour(way: Way) -> &'static str {
    match way {
        Way::Today => "#9aa0a6",
        Way::Proposed => "#e8a33d",
        Way::Legacy => "#b07cc6",
        Way::Pagewise => "#1a73e8",
        Way::Statistics | Way::Catalog => "#174ea6",
        Way::Forced => "#8ab4f8",
        Way::OneByOne => "#8ab4f8",
        Way::Best => "#34a853",
    }
}

/// A drawing under way.
struct Svg {
    width: f64,
    height: f64,
    body: String,
}

impl Svg {
    fn new(width: f64, height: f64) -> Self {
        Self {
            width,
            height,
            body: String::new(),
        }
    }

    fn text(&mut self, x: f64, y: f64, anchor: &str, size: u32, text: &str) {
        let text = text.replace('&', "&amp;").replace('<', "&lt;");
        let _ = writeln!(
            self.body,
            r##"<text x="{x:.1}" y="{y:.1}" text-anchor="{anchor}" font-size="{size}" fill="#202124">{text}</text>"##
        );
    }

    fn bar(&mut self, x: f64, y: f64, width: f64, height: f64, colour: &str) {
        let _ = writeln!(
            self.body,
            r#"<rect x="{x:.1}" y="{y:.1}" width="{width:.1}" height="{height:.1}" fill="{colour}"/>"#
        );
    }

    fn line(&mut self, from: (f64, f64), to: (f64, f64), width: f64, colour: &str) {
        let _ = writeln!(
            self.body,
            r#"<line x1="{:.1}" y1="{:.1}" x2="{:.1}" y2="{:.1}" stroke="{colour}" stroke-width="{width}"/>"#,
            from.0, from.1, to.0, to.1
        );
    }

    fn dot(&mut self, at: (f64, f64), colour: &str) {
        let _ = writeln!(
            self.body,
            r#"<circle cx="{:.1}" cy="{:.1}" r="3.5" fill="{colour}"/>"#,
            at.0, at.1
        );
    }

    fn legend(&mut self, mut x: f64, y: f64, ways: &[Way]) {
        for way in ways {
            self.bar(x, y - 10.0, 12.0, 12.0, colour(*way));
            self.text(x + 17.0, y, "start", 12, way.name());
            x += 100.0;
        }
    }

    fn finish(self) -> String {
        let Self {
            width,
            height,
            body,
        } = self;
        format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" \
             font-family=\"system-ui, sans-serif\">\n\
             <rect width=\"{width}\" height=\"{height}\" fill=\"#ffffff\"/>\n{body}</svg>\n"
        )
    }
}

/// A logarithmic axis from one power of ten to another.
struct Axis {
    lowest: f64,
    decades: f64,
    start: f64,
    length: f64,
}

impl Axis {
    fn over(values: impl Iterator<Item = f64>, start: f64, length: f64) -> Self {
        let (lowest, highest) = values.fold((f64::MAX, f64::MIN), |(lowest, highest), value| {
            (lowest.min(value), highest.max(value))
        });
        let lowest = lowest.log10().floor();
        Self {
            lowest,
            decades: (highest.log10().ceil() - lowest).max(1.0),
            start,
            length,
        }
    }

    /// From the lowest to the highest value, wherever they are.
    fn between(values: impl Iterator<Item = f64>, start: f64, length: f64) -> Self {
        let values: Vec<f64> = values.map(f64::log10).collect();
        let lowest = values.iter().copied().fold(f64::MAX, f64::min);
        let highest = values.iter().copied().fold(f64::MIN, f64::max);
        Self {
            lowest,
            // A single value has no distance to show.
            decades: (highest - lowest).max(f64::EPSILON),
            start,
            length,
        }
    }

    fn at(&self, value: f64) -> f64 {
        self.start + (value.log10() - self.lowest) / self.decades * self.length
    }

    fn ticks(&self) -> impl Iterator<Item = f64> {
        let (lowest, decades) = (self.lowest, self.decades);
        (0..=decades as i32).map(move |step| 10f64.powf(lowest + f64::from(step)))
    }
}

/// Jobs at one scale, a bar for each way.
pub fn bars(title: &str, jobs: &[&JobResult], ways: &[Way]) -> String {
    const LEFT: f64 = 290.0;
    const TOP: f64 = 80.0;
    const BAR: f64 = 13.0;
    let group = BAR * ways.len() as f64 + 16.0;
    let mut svg = Svg::new(900.0, TOP + group * jobs.len() as f64 + 40.0);
    let title = format!("{title}: milliseconds with planning, fastest round, logarithmic");
    svg.text(20.0, 28.0, "start", 15, &title);
    svg.legend(LEFT, 56.0, ways);
    let times = jobs
        .iter()
        .flat_map(|job| ways.iter().filter_map(|way| job.way(*way)))
        .map(|way| way.planned.fastest());
    let axis = Axis::over(times, LEFT, 530.0);
    let bottom = svg.height - 34.0;
    for tick in axis.ticks() {
        let x = axis.at(tick);
        svg.line((x, TOP - 8.0), (x, bottom), 1.0, "#dadce0");
        svg.text(x, bottom + 18.0, "middle", 11, &format!("{tick} ms"));
    }
    for (position, job) in jobs.iter().enumerate() {
        let top = TOP + group * position as f64;
        svg.text(LEFT - 10.0, top + 36.0, "end", 12, job.name());
        for (position, way) in ways.iter().enumerate() {
            let Some(result) = job.way(*way) else {
                continue;
            };
            let fastest = result.planned.fastest();
            let y = top + BAR * position as f64;
            let end = axis.at(fastest);
            svg.bar(LEFT, y, (end - LEFT).max(1.0), BAR - 2.0, colour(*way));
            let label = format!("{fastest:.1}");
            svg.text(end + 5.0, y + BAR - 4.0, "start", 10, &label);
        }
    }
    svg.finish()
}

/// Four jobs over the scales, a line for each way.
pub fn growth(scales: &[ScaleResult], panels: &[&str; 4], ways: &[Way]) -> String {
    const WIDTH: f64 = 250.0;
    const HEIGHT: f64 = 220.0;
    let mut svg = Svg::new(700.0, 2.0 * (HEIGHT + 80.0) + 60.0);
    svg.text(
        20.0,
        26.0,
        "start",
        15,
        "Growth with the data: milliseconds with planning, fastest round, both axes logarithmic",
    );
    svg.legend(90.0, 52.0, ways);
    let times = scales
        .iter()
        .flat_map(|result| panels.iter().filter_map(|key| result.job(key)))
        .flat_map(|job| ways.iter().filter_map(|way| job.way(*way)))
        .map(|way| way.planned.fastest());
    let heights = Axis::over(times, 0.0, HEIGHT);
    for (position, key) in panels.iter().enumerate() {
        let left = 70.0 + (position % 2) as f64 * (WIDTH + 90.0);
        let bottom = 110.0 + HEIGHT + (position / 2) as f64 * (HEIGHT + 80.0);
        let across = Axis::between(scales.iter().map(|result| result.scale), left, WIDTH);
        if let Some(job) = scales.last().and_then(|result| result.job(key)) {
            svg.text(left, bottom - HEIGHT - 12.0, "start", 13, job.name());
        }
        for tick in heights.ticks() {
            let y = bottom - heights.at(tick);
            svg.line((left, y), (left + WIDTH, y), 1.0, "#dadce0");
            svg.text(left - 6.0, y + 4.0, "end", 10, &format!("{tick} ms"));
        }
        for result in scales {
            let scale = format!("{}", result.scale);
            svg.text(across.at(result.scale), bottom + 16.0, "middle", 10, &scale);
        }
        for way in ways {
            let points: Vec<(f64, f64)> = scales
                .iter()
                .filter_map(|result| {
                    let time = result.job(key)?.way(*way)?.planned.fastest();
                    Some((across.at(result.scale), bottom - heights.at(time)))
                })
                .collect();
            for pair in points.windows(2) {
                svg.line(pair[0], pair[1], 2.0, colour(*way));
            }
            for point in points {
                svg.dot(point, colour(*way));
            }
        }
    }
    svg.finish()
}
