//! Numbers as bars of block characters.

/// Upright, from nothing to all.
const UPRIGHT: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
/// Lying, by eighths of a character.
const LYING: [char; 7] = ['▏', '▎', '▍', '▌', '▋', '▊', '▉'];

/// A character for each value, as high as the value is beside the largest. Nothing is the lowest, and only nothing is; what
/// is missing is blank.
pub fn sparkline(values: impl IntoIterator<Item = Option<f64>>) -> String {
    let values: Vec<_> = values.into_iter().collect();
    let largest = values.iter().flatten().copied().fold(0.0, f64::max);
    let height = |value: f64| {
        let steps = (UPRIGHT.len() - 1) as f64;
        match value / largest {
            share if share > 0.0 => UPRIGHT[(share * steps).ceil().min(steps) as usize],
            _ => UPRIGHT[0],
        }
    };
    values
        .into_iter()
        .map(|value| value.map_or(' ', height))
        .collect()
}

/// A bar as long as the value is beside the largest, which takes the whole width. What is not nothing is seen.
pub fn bar(value: i64, largest: i64, width: usize) -> String {
    if value <= 0 || largest <= 0 {
        return String::new();
    }
    let share = (value as f64 / largest as f64).min(1.0);
    let eighths = ((share * (width * 8) as f64).round() as usize).max(1);
    let mut bar = "█".repeat(eighths / 8);
    if let Some(rest) = (eighths % 8).checked_sub(1) {
        bar.push(LYING[rest]);
    }
    bar
}

#[cfg(test)]
mod tests {
    use super::{bar, sparkline};

    #[test]
    fn heights() {
        let line = |values: &[i64]| sparkline(values.iter().map(|value| Some(*value as f64)));
        assert_eq!(line(&[0, 1, 2, 3, 4, 5, 6, 7]), "▁▂▃▄▅▆▇█");
        assert_eq!(line(&[0, 1, 1000]), "▁▂█");
        assert_eq!(line(&[0, 0]), "▁▁");
        assert_eq!(line(&[]), "");
        assert_eq!(sparkline([Some(5.0), None, Some(0.0)]), "█ ▁");
    }

    #[test]
    fn lengths() {
        assert_eq!(bar(8, 8, 3), "███");
        assert_eq!(bar(4, 8, 3), "█▌");
        assert_eq!(bar(1, 1_000_000, 3), "▏");
        assert_eq!(bar(7, 8, 1), "▉");
        assert_eq!(bar(0, 8, 3), "");
        assert_eq!(bar(0, 0, 3), "");
        assert_eq!(bar(9, 8, 3), "███");
    }
}
