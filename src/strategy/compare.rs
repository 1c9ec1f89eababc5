//! Compares what two answers show.

use std::borrow::Cow;

use sea_query::Value;

use super::difference::{Difference, Differences};
use super::shown::{Shown, ShownTable};
use super::tolerance::Tolerance;
use crate::listing::TotalCount;

/// So many characters of a text are shown, and so many of those before the first that differs.
const TEXT: usize = 200;
const BEFORE: usize = 40;

pub(super) fn shown(
    legacy: &Shown,
    optimized: &Shown,
    tolerance: Tolerance,
    listed: usize,
) -> Differences {
    let mut differences = Differences::up_to(listed);
    let named = |shown: &'_ Shown, name: &str| shown.tables.iter().position(|t| t.name == name);
    for table in &legacy.tables {
        match named(optimized, &table.name) {
            Some(at) => tables(table, &optimized.tables[at], tolerance, &mut differences),
            None => differences.add(|| only(table, true)),
        }
    }
    for table in &optimized.tables {
        if named(legacy, &table.name).is_none() {
            differences.add(|| only(table, false));
        }
    }
    differences
}

fn only(table: &ShownTable, legacy: bool) -> Difference {
    Difference::Table {
        table: table.name.clone(),
        legacy,
        optimized: !legacy,
    }
}

fn tables(
    legacy: &ShownTable,
    optimized: &ShownTable,
    tolerance: Tolerance,
    differences: &mut Differences,
) {
    let table = &legacy.name;
    if legacy.columns != optimized.columns {
        differences.add(|| Difference::Columns {
            table: table.clone(),
            legacy: legacy.columns.clone(),
            optimized: optimized.columns.clone(),
        });
        return;
    }
    if legacy.rows.len() != optimized.rows.len() {
        differences.add(|| Difference::Rows {
            table: table.clone(),
            legacy: legacy.rows.len(),
            optimized: optimized.rows.len(),
        });
    }
    if !is_same_total(legacy.total, optimized.total) {
        differences.add(|| Difference::Total {
            table: table.clone(),
            legacy: legacy.total,
            optimized: optimized.total,
        });
    }
    if legacy.has_next != optimized.has_next {
        differences.add(|| Difference::Next {
            table: table.clone(),
            legacy: legacy.has_next,
            optimized: optimized.has_next,
        });
    }
    if legacy.has_previous != optimized.has_previous {
        differences.add(|| Difference::Previous {
            table: table.clone(),
            legacy: legacy.has_previous,
            optimized: optimized.has_previous,
        });
    }
    for (row, (of_legacy, of_optimized)) in legacy.rows.iter().zip(&optimized.rows).enumerate() {
        let place = |at: usize| Place {
            table,
            row,
            column: legacy.columns.get(at),
        };
        let both = of_legacy.iter().zip(of_optimized).enumerate();
        for (at, (left, right)) in both {
            cell(&place(at), left, right, tolerance, differences);
        }
        if of_legacy.len() != of_optimized.len() {
            differences.add(|| {
                place(of_legacy.len().min(of_optimized.len()))
                    .length(Some(of_legacy.len()), Some(of_optimized.len()))
            });
        }
    }
}

/// A guess is as good as another.
fn is_same_total(legacy: Option<TotalCount>, optimized: Option<TotalCount>) -> bool {
    let is_guess = |total| matches!(total, Some(TotalCount::Estimated(_)));
    legacy == optimized || (is_guess(legacy) && is_guess(optimized))
}

/// Where values are compared.
struct Place<'t> {
    table: &'t Cow<'static, str>,
    row: usize,
    column: Option<&'t Cow<'static, str>>,
}

impl Place<'_> {
    fn column(&self) -> Cow<'static, str> {
        self.column.cloned().unwrap_or_default()
    }

    fn value(&self, element: Option<usize>, legacy: &Value, optimized: &Value) -> Difference {
        let (legacy, optimized) = cut(legacy, optimized);
        Difference::Value {
            table: self.table.clone(),
            row: self.row,
            column: self.column(),
            element,
            legacy,
            optimized,
        }
    }

    fn length(&self, legacy: Option<usize>, optimized: Option<usize>) -> Difference {
        Difference::Length {
            table: self.table.clone(),
            row: self.row,
            column: self.column(),
            legacy,
            optimized,
        }
    }
}

fn cell(
    place: &Place<'_>,
    legacy: &Value,
    optimized: &Value,
    tolerance: Tolerance,
    differences: &mut Differences,
) {
    let (Value::Array(_, left), Value::Array(_, right)) = (legacy, optimized) else {
        if !is_same(legacy, optimized, tolerance) {
            differences.add(|| place.value(None, legacy, optimized));
        }
        return;
    };
    let length = |elements: &Option<Box<Vec<Value>>>| elements.as_ref().map(|all| all.len());
    if length(left) != length(right) {
        differences.add(|| place.length(length(left), length(right)));
    }
    let (Some(left), Some(right)) = (left, right) else {
        return;
    };
    let mut both = left.iter().zip(right.iter()).enumerate();
    if let Some((at, (left, right))) =
        both.find(|(_, (left, right))| !is_same(left, right, tolerance))
    {
        differences.add(|| place.value(Some(at), left, right));
    }
}

fn is_same(legacy: &Value, optimized: &Value, tolerance: Tolerance) -> bool {
    match (legacy, optimized) {
        (Value::Double(Some(left)), Value::Double(Some(right))) => tolerance.allows(*left, *right),
        (Value::Float(Some(left)), Value::Float(Some(right))) => tolerance
            .of_real()
            .allows(f64::from(*left), f64::from(*right)),
        (left, right) => left == right,
    }
}

/// Texts are cut to what is around the first difference; both at the same place.
fn cut(legacy: &Value, optimized: &Value) -> (Value, Value) {
    let (Value::String(Some(left)), Value::String(Some(right))) = (legacy, optimized) else {
        return (shortened(legacy, 0), shortened(optimized, 0));
    };
    let same = left
        .chars()
        .zip(right.chars())
        .take_while(|(left, right)| left == right)
        .count();
    let from = match left.chars().count().max(right.chars().count()) > TEXT {
        true => same.saturating_sub(BEFORE),
        false => 0,
    };
    (shortened(legacy, from), shortened(optimized, from))
}

fn shortened(value: &Value, from: usize) -> Value {
    let Value::String(Some(text)) = value else {
        return value.clone();
    };
    let mut short: String = text.chars().skip(from).take(TEXT).collect();
    if text.chars().nth(from + TEXT).is_some() {
        short.push('\u{2026}');
    }
    if from > 0 {
        short.insert(0, '\u{2026}');
    }
    Value::String(Some(short))
}
