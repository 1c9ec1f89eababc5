//! What is known of one column, and the shares of its rows that follow from it.

use sea_query::Value;

use super::datum::Datum;
use super::labels::Labels;
use super::row::StatisticsRow;
use super::value::is_null;
use crate::predicate::Comparison;
use crate::schema::DataType;

/// What is known of one column. Shares are of all rows of the table, those with NULL among them.
#[derive(Clone, Debug)]
pub(super) struct ColumnStatistics {
    pub name: String,
    pub inherited: bool,
    pub nulls: f64,
    /// As the catalog has it: a number, or the negative share of the rows.
    distinct: f64,
    common: Vec<(String, f64)>,
    /// What the other rows are split by.
    bounds: Vec<String>,
    /// From 0, the rows lie anyhow, to 1, in the order of the values or its reverse.
    pub correlation: Option<f64>,
    elements: Vec<(String, f64)>,
    /// The frequency of the rarest of the elements.
    rarest_element: f64,
    pub labels: Vec<Labels>,
}

/// A share of the rows: finite, from 0 to 1.
pub(super) fn share(value: f64) -> Option<f64> {
    value.is_finite().then(|| value.clamp(0.0, 1.0))
}

/// Values without their pairs are no statistics.
fn pairs(values: Option<Vec<String>>, frequencies: Option<&[f32]>) -> Vec<(String, f64)> {
    let frequencies = frequencies.unwrap_or_default().iter().copied();
    let shares = frequencies.map(|frequency| share(frequency.into()).unwrap_or(0.0));
    values.unwrap_or_default().into_iter().zip(shares).collect()
}

impl ColumnStatistics {
    pub fn of(row: StatisticsRow) -> Option<Self> {
        let frequencies = row.element_frequencies.as_deref();
        let elements = pairs(row.common_elements, frequencies);
        let smallest = frequencies.and_then(|all| all.get(elements.len()));
        let rarest = smallest.map_or(0.0, |smallest| f64::from(*smallest));
        Some(Self {
            name: row.column_name?,
            inherited: row.inherited.unwrap_or(false),
            nulls: share(row.null_fraction?.into())?,
            distinct: row.distinct_values.map_or(0.0, f64::from),
            common: pairs(row.common_values, row.common_frequencies.as_deref()),
            bounds: row.histogram_bounds.unwrap_or_default(),
            correlation: row.correlation.and_then(|of| share(of.abs().into())),
            elements,
            rarest_element: share(rarest).unwrap_or(0.0),
            labels: Vec::new(),
        })
    }

    /// Its most common values, as text.
    pub fn common_values(&self) -> impl Iterator<Item = &str> {
        self.common.iter().map(|(text, _)| text.as_str())
    }

    pub fn common(&self) -> &[(String, f64)] {
        &self.common
    }

    /// The share of the rows that have a value.
    pub fn present(&self) -> f64 {
        1.0 - self.nulls
    }

    /// The share of the rows whose value is none of the most common.
    pub fn rest(&self) -> f64 {
        let common: f64 = self.common.iter().map(|(_, share)| share).sum();
        (self.present() - common).max(0.0)
    }

    /// How many values there are that are none of the most common; at least 1 where there are such rows.
    #[expect(clippy::cast_precision_loss, reason = "a guess needs no more")]
    pub fn rest_values(&self, rows: Option<f64>) -> Option<f64> {
        Some((self.values(rows)? - self.common.len() as f64).max(1.0))
    }

    /// How many values there are.
    pub fn values(&self, rows: Option<f64>) -> Option<f64> {
        match self.distinct {
            0.0 => None,
            share if share < 0.0 => Some(-share * rows?),
            number => Some(number),
        }
    }

    /// Compared with a value that is not NULL; false where the column is NULL, but for `IS [NOT] DISTINCT FROM`.
    pub fn compare(&self, how: Comparison, value: &Value, rows: Option<f64>) -> Option<f64> {
        match how {
            Comparison::Equal | Comparison::NotDistinctFrom => self.any_of([value], rows),
            Comparison::NotEqual => share(self.present() - self.any_of([value], rows)?),
            Comparison::DistinctFrom => share(1.0 - self.any_of([value], rows)?),
            Comparison::Less => self.below(value, false),
            Comparison::LessOrEqual => self.below(value, true),
            Comparison::Greater => share(self.present() - self.below(value, true)?),
            Comparison::GreaterOrEqual => share(self.present() - self.below(value, false)?),
        }
    }

    /// Equal to one of the values, none of which is NULL; one that is there twice counts once.
    #[expect(clippy::cast_precision_loss, reason = "a guess needs no more")]
    pub fn any_of<'v>(
        &self,
        values: impl IntoIterator<Item = &'v Value>,
        rows: Option<f64>,
    ) -> Option<f64> {
        let values = values.into_iter();
        let mut wanted = Vec::with_capacity(values.size_hint().0);
        let mut data_type = None;
        for value in values {
            data_type = DataType::of_value(value);
            wanted.push(Datum::of(value)?);
        }
        let Some(data_type) = data_type else {
            return Some(0.0);
        };
        wanted.sort_unstable();
        wanted.dedup();
        let mut found = 0;
        let mut common = 0.0;
        for (text, frequency) in &self.common {
            if wanted
                .binary_search(&Datum::parse(text, data_type)?)
                .is_ok()
            {
                found += 1;
                common += frequency;
            }
        }
        let others = wanted.len().saturating_sub(found);
        if others == 0 {
            return share(common);
        }
        let others = others as f64 * self.one_of_the_rest(rows)?;
        share(common + others.min(self.rest()))
    }

    /// Any one value that is none of the most common: never more than the rarest of those.
    pub fn one_of_the_rest(&self, rows: Option<f64>) -> Option<f64> {
        let rest = self.rest();
        if rest == 0.0 {
            return Some(0.0);
        }
        let one = rest / self.rest_values(rows)?;
        let rarest_common = self.common.iter().map(|(_, share)| *share);
        share(rarest_common.fold(one, f64::min))
    }

    /// `< value`, or `<= value`.
    pub fn below(&self, value: &Value, inclusive: bool) -> Option<f64> {
        let data_type = DataType::of_value(value)?;
        let datum = Datum::of(value)?;
        let is_below = |text: &str| -> Option<bool> {
            let other = Datum::parse(text, data_type)?;
            Some(other < datum || inclusive && other == datum)
        };
        let mut common_below = 0.0;
        let mut common = 0.0;
        for (text, frequency) in &self.common {
            common += frequency;
            if is_below(text)? {
                common_below += frequency;
            }
        }
        let rest = self.rest();
        let below = if self.bounds.len() > 1 {
            common_below + rest * self.bounds_below(&datum, data_type)?
        } else if rest < NEGLIGIBLE {
            common_below
        } else if common > 0.0 {
            // The other rows are taken to be spread as these are.
            common_below / common * self.present()
        } else {
            return None;
        };
        share(below.min(self.present()))
    }

    /// How much of the histogram is below a value: linear inside a part of it; by parts alone where values are on no
    /// line. Never quite nothing or everything: rows may have come since.
    #[expect(clippy::cast_precision_loss, reason = "a guess needs no more")]
    fn bounds_below(&self, datum: &Datum<'_>, data_type: DataType) -> Option<f64> {
        let parse = |at: usize| Datum::parse(&self.bounds[at], data_type);
        let parts = self.bounds.len() as f64 - 1.0;
        let Some(at) = datum.position() else {
            // Texts are in the order of the database's collation, which need not be that of their bytes.
            let mut below = 0.0;
            for at in 0..self.bounds.len() {
                if parse(at)? < *datum {
                    below += 1.0;
                }
            }
            return share(((below - 0.5) / parts).clamp(0.01 / parts, 1.0 - 0.01 / parts));
        };
        let mut readable = true;
        let below = self.bounds.partition_point(|text| {
            let bound = Datum::parse(text, data_type);
            readable &= bound.is_some();
            bound.is_some_and(|bound| bound < *datum)
        });
        if !readable {
            return None;
        }
        let position = match below {
            0 => 0.0,
            below if below == self.bounds.len() => parts,
            below => {
                let from = parse(below - 1)?.position()?;
                let to = parse(below)?.position()?;
                let inside = (at - from) / (to - from);
                let inside = if inside.is_finite() { inside } else { 0.5 };
                below as f64 - 1.0 + inside
            }
        };
        let least = 0.01 / parts;
        share((position / parts).clamp(least, 1.0 - least))
    }

    /// Equal in a way of its own, such as whatever the case: common values that are, else one of the others.
    pub fn equal_by(&self, equals: impl Fn(&str) -> bool, rows: Option<f64>) -> Option<f64> {
        let common = self.common.iter().filter(|(text, _)| equals(text));
        let common: f64 = common.map(|(_, frequency)| frequency).sum();
        if common > 0.0 {
            return share(common);
        }
        self.one_of_the_rest(rows)
    }

    /// A condition on the text, tested on the most common values and on those of the histogram. `None` where these are
    /// too few to tell.
    #[expect(clippy::cast_precision_loss, reason = "a guess needs no more")]
    pub fn matching(&self, matches: impl Fn(&str) -> bool) -> Option<f64> {
        let common = self.common.iter().filter(|(text, _)| matches(text));
        let common: f64 = common.map(|(_, frequency)| frequency).sum();
        let rest = self.rest();
        if rest < NEGLIGIBLE {
            return share(common);
        }
        if self.bounds.len() < ENOUGH_BOUNDS {
            return None;
        }
        let matching = self.bounds.iter().filter(|text| matches(text)).count() as f64;
        let bounds = self.bounds.len() as f64;
        // A share too small to be met in so few is not 0.
        let matching = matching.clamp(0.5, bounds - 0.5);
        share(common + rest * matching / bounds)
    }

    /// `&& values`: one of them is an element.
    pub fn overlaps(&self, values: &[Value]) -> Option<f64> {
        let mut none = 1.0;
        for value in values.iter().filter(|value| !is_null(value)) {
            none *= 1.0 - self.element(value)?;
        }
        share((1.0 - none) * self.present())
    }

    /// `@> values`: each of them is an element. NULL is none.
    pub fn contains_all(&self, values: &[Value]) -> Option<f64> {
        let mut all = self.present();
        for value in values {
            all *= if is_null(value) {
                0.0
            } else {
                self.element(value)?
            };
        }
        share(all)
    }

    /// The share of the arrays that have the element; arrays are not NULL.
    fn element(&self, value: &Value) -> Option<f64> {
        let data_type = DataType::of_value(value)?;
        let datum = Datum::of(value)?;
        if self.elements.is_empty() {
            return (self.nulls >= 1.0).then_some(0.0);
        }
        for (text, frequency) in &self.elements {
            if Datum::parse(text, data_type)? == datum {
                return Some(*frequency);
            }
        }
        Some(self.rarest_element / 2.0)
    }
}

/// So few rows that it does not matter which.
const NEGLIGIBLE: f64 = 0.005;

/// From so many values of a histogram, a share of the texts can be told.
const ENOUGH_BOUNDS: usize = 10;
