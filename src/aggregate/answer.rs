//! Answers of aggregates, read by handle.

use std::error::Error as StdError;
use std::fmt;
use std::ops::Deref;
use std::sync::Arc;

use chrono::{DateTime, NaiveDateTime, Utc};
use sea_query::Value;

use super::batch::Handle;
use super::number::{Number, NumberNode};
use super::part::{Output, OutputValue, Part};
use crate::driver::Anything;
use crate::driver::message::is_about;
use crate::driver::wire::{
    self,
    types::{FromSql, FromSqlOwned, Kind, Type},
};
use crate::error::Error;
use crate::listing::Selectable;
use crate::schema::{Entity, SqlType};

/// The cells of an answer: rows of columns, however the server sent them.
#[derive(Clone)]
pub struct Cells {
    source: Arc<Source>,
    outputs: Arc<[Output]>,
}

enum Source {
    Rows(Vec<wire::Row>),
    /// A part of one row: each column an array.
    Columns(Vec<Elements>),
}

impl Cells {
    pub(super) fn rows(rows: Vec<wire::Row>, outputs: Arc<[Output]>) -> Self {
        Self {
            source: Arc::new(Source::Rows(rows)),
            outputs,
        }
    }

    /// Some columns of the first row as cells of their own: each is an array.
    pub(super) fn columns(&self, from: usize, outputs: Arc<[Output]>) -> Result<Self, Error> {
        let Source::Rows(rows) = &*self.source else {
            return Err(unexpected("a statement in another"));
        };
        let row = rows.first().ok_or_else(|| unexpected("no row"))?;
        let columns = (from..from + outputs.len()).map(|at| {
            let elements: Option<Elements> = row.try_get(at)?;
            Ok(elements.unwrap_or_default())
        });
        let columns = columns.collect::<Result<_, wire::Error>>()?;
        Ok(Self {
            source: Arc::new(Source::Columns(columns)),
            outputs,
        })
    }

    pub(super) fn len(&self) -> usize {
        match &*self.source {
            Source::Rows(rows) => rows.len(),
            Source::Columns(columns) => columns.first().map_or(0, |column| column.elements.len()),
        }
    }

    /// A cell by its place.
    pub(super) fn cell<T: FromSqlOwned>(&self, row: usize, column: usize) -> Result<T, Error> {
        let no_cell = || unexpected("fewer rows or columns than the statement gives");
        match &*self.source {
            Source::Rows(rows) => {
                let row = rows.get(row).ok_or_else(no_cell)?;
                row.try_get(column).map_err(|source| Error::Database {
                    context: Some(self.context(column)),
                    source,
                })
            }
            Source::Columns(columns) => {
                let column_of = columns.get(column).ok_or_else(no_cell)?;
                let cell = column_of.get(row).ok_or_else(no_cell)?;
                cell.map_err(|error| Error::UnexpectedAnswer {
                    reason: format!("{}: {error}", self.context(column)),
                })
            }
        }
    }

    /// Whether a cell is not NULL, whatever its type.
    fn is_present(&self, row: usize, column: usize) -> Result<bool, Error> {
        Ok(self.cell::<Option<Anything>>(row, column)?.is_some())
    }

    fn context(&self, column: usize) -> String {
        match self.outputs.get(column) {
            Some(output) => format!("reading {:?}", output.column.name),
            None => format!("reading column {column}"),
        }
    }

    fn number(&self, number: &NumberNode) -> Result<usize, Error> {
        self.position(
            &number.name,
            |value| matches!(value, OutputValue::Number(shown) if shown.is_same_value(number)),
        )
    }

    fn position(&self, name: &str, is_same: impl Fn(&OutputValue) -> bool) -> Result<usize, Error> {
        let named = |output: &Output| output.column.name == name;
        match self.outputs.iter().position(named) {
            Some(at) if is_same(&self.outputs[at].value) => Ok(at),
            Some(_) => Err(Error::OtherShown {
                name: name.to_owned().into(),
            }),
            None => Err(Error::NotShown {
                name: name.to_owned().into(),
            }),
        }
    }
}

impl fmt::Debug for Cells {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Cells")
            .field("rows", &self.len())
            .field("outputs", &self.outputs)
            .finish()
    }
}

/// A row of an answer: its numbers, and what else was shown, are read by handle.
#[derive(Clone, Debug)]
pub struct AggregateRow {
    pub(super) cells: Cells,
    pub(super) row: usize,
}

impl AggregateRow {
    /// A number.
    ///
    /// # Errors
    ///
    /// * [`Error::NotShown`] if it was not asked for;
    /// * [`Error::OtherShown`] if another number was asked for under its name;
    /// * [`Error::Database`], [`Error::UnexpectedAnswer`] if the answer is of another type.
    pub fn get<T: SqlType + FromSqlOwned>(&self, number: &Number<T>) -> Result<T, Error> {
        let at = self.cells.number(&number.node)?;
        self.cells.cell(self.row, at)
    }

    /// What the row is a row of: a value by which it is grouped, or that is shown beside the numbers.
    ///
    /// # Errors
    ///
    /// As [`get`](Self::get).
    pub fn get_value<E: Entity, S>(&self, handle: S) -> Result<S::Type, Error>
    where
        S: Selectable<E, Type: FromSqlOwned>,
    {
        let wanted = handle.into_operand();
        let at = self.cells.position(
            &wanted.name,
            |value| matches!(value, OutputValue::Node(node) if node.is_same_value(&wanted.node)),
        )?;
        self.cells.cell(self.row, at)
    }

    /// The output at this place.
    pub(crate) fn get_at<T: FromSqlOwned>(&self, at: usize) -> Result<T, Error> {
        self.cells.cell(self.row, at)
    }

    /// The output of this name, in a type of the caller's choice.
    ///
    /// # Errors
    ///
    /// As [`get`](Self::get); also if the type does not fit.
    pub fn get_named<T: FromSqlOwned>(&self, name: &str) -> Result<T, Error> {
        let at = self.cells.position(name, |_| true)?;
        self.cells.cell(self.row, at)
    }
}

impl Cells {
    pub(crate) fn into_rows(self) -> Vec<AggregateRow> {
        let row = |row| AggregateRow {
            cells: self.clone(),
            row,
        };
        (0..self.len()).map(row).collect()
    }
}

/// A bin of a [`Histogram`](super::Histogram).
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "cache", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct Bin {
    /// Where it starts: the least value of the first.
    pub start: f64,
    /// Where it ends: the largest value of the last.
    pub end: f64,
    /// How many values are in it.
    pub count: i64,
}

/// The points of a [`Series`](super::Series), in their order.
///
/// It is a slice of [`SeriesRow`]s (by `Deref`), and a `for` takes it by reference or by value.
#[derive(Clone, Debug)]
pub struct SeriesRows(Vec<SeriesRow>);

/// A point of a [`Series`](super::Series): its numbers are read by handle.
#[derive(Clone, Debug)]
pub struct SeriesRow {
    row: AggregateRow,
    /// The number of pieces that have a value of their own, if the series is split.
    top: Option<u16>,
}

impl SeriesRows {
    pub(super) fn new(cells: Cells, top: Option<u16>) -> Self {
        let rows = cells.into_rows().into_iter();
        Self(rows.map(|row| SeriesRow { row, top }).collect())
    }
}

impl SeriesRow {
    /// The first instant of the stretch.
    ///
    /// # Errors
    ///
    /// [`Error::Database`], [`Error::UnexpectedAnswer`] if the answer is of another type.
    pub fn start(&self) -> Result<DateTime<Utc>, Error> {
        self.row.cells.cell(self.row.row, 0)
    }

    /// What the clock of the series' zone shows at the first instant of the stretch.
    ///
    /// # Errors
    ///
    /// As [`start`](Self::start).
    pub fn local_start(&self) -> Result<NaiveDateTime, Error> {
        self.row.cells.cell(self.row.row, 1)
    }

    /// Whether it is the piece of all values that have none of their own. False if the series is not split.
    ///
    /// # Errors
    ///
    /// As [`start`](Self::start).
    pub fn is_other(&self) -> Result<bool, Error> {
        let Some(top) = self.top else {
            return Ok(false);
        };
        let piece: i64 = self.row.cells.cell(self.row.row, 2)?;
        Ok(piece > i64::from(top))
    }
}

impl Deref for SeriesRow {
    type Target = AggregateRow;
    fn deref(&self) -> &AggregateRow {
        &self.row
    }
}

impl Deref for SeriesRows {
    type Target = [SeriesRow];
    fn deref(&self) -> &[SeriesRow] {
        &self.0
    }
}

impl IntoIterator for SeriesRows {
    type Item = SeriesRow;
    type IntoIter = std::vec::IntoIter<SeriesRow>;
    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

impl<'a> IntoIterator for &'a SeriesRows {
    type Item = &'a SeriesRow;
    type IntoIter = std::slice::Iter<'a, SeriesRow>;
    fn into_iter(self) -> Self::IntoIter {
        self.0.iter()
    }
}

/// The rows of a [`GroupedListing`](super::GroupedListing).
///
/// It is a slice of [`AggregateRow`]s (by `Deref`), and a `for` takes it by reference or by value.
#[derive(Clone, Debug)]
pub struct GroupedRows {
    rows: Vec<AggregateRow>,
    total: Option<u64>,
}

impl GroupedRows {
    pub(super) fn read(cells: Cells, has_total: bool) -> Result<Self, Error> {
        let mut total = None;
        let mut rows = cells.clone().into_rows();
        if has_total {
            let last = cells.outputs.len().saturating_sub(1);
            let counted: i64 = cells.cell(0, last)?;
            total = u64::try_from(counted).ok();
            // Beside its total, an empty page is one row of NULL: not even the key is there.
            if rows.len() == 1 && !cells.is_present(0, 0)? {
                rows.clear();
            }
        }
        Ok(Self { rows, total })
    }

    /// How many rows there are altogether, if that was asked for.
    #[must_use]
    pub fn total(&self) -> Option<u64> {
        self.total
    }
}

impl Deref for GroupedRows {
    type Target = [AggregateRow];
    fn deref(&self) -> &[AggregateRow] {
        &self.rows
    }
}

impl IntoIterator for GroupedRows {
    type Item = AggregateRow;
    type IntoIter = std::vec::IntoIter<AggregateRow>;
    fn into_iter(self) -> Self::IntoIter {
        self.rows.into_iter()
    }
}

impl<'a> IntoIterator for &'a GroupedRows {
    type Item = &'a AggregateRow;
    type IntoIter = std::slice::Iter<'a, AggregateRow>;
    fn into_iter(self) -> Self::IntoIter {
        self.rows.iter()
    }
}

/// The answer of a [`Batch`](super::Batch).
#[derive(Clone, Debug)]
pub struct BatchAnswer {
    pub(super) cells: Cells,
}

impl BatchAnswer {
    /// The answer of a part.
    ///
    /// # Errors
    ///
    /// * [`Error::UnexpectedAnswer`] if the handle is another batch's;
    /// * [`Error::Database`] if the answer is of another type.
    pub fn get<P: Part>(&self, handle: &Handle<P>) -> Result<P::Answer, Error> {
        let mut from = None;
        let mut outputs = Vec::new();
        for (column, output) in self.cells.outputs.iter().enumerate() {
            if let OutputValue::OfPart(part, output) = &output.value
                && *part == handle.id
            {
                from.get_or_insert(column);
                outputs.push((**output).clone());
            }
        }
        let from = from.ok_or_else(|| unexpected("the batch has no such part"))?;
        handle.part.read(self.cells.columns(from, outputs.into())?)
    }
}

/// The elements of an array, each as the server sent it.
#[derive(Default)]
struct Elements {
    data_type: Option<Type>,
    elements: Vec<Option<Vec<u8>>>,
}

impl Elements {
    fn get<T: FromSqlOwned>(
        &self,
        at: usize,
    ) -> Option<Result<T, Box<dyn StdError + Sync + Send>>> {
        let element = self.elements.get(at)?;
        let data_type = self.data_type.as_ref()?;
        if !T::accepts(data_type) {
            return Some(Err(format!(
                "{data_type} is another type than was declared"
            )
            .into()));
        }
        Some(T::from_sql_nullable(data_type, element.as_deref()))
    }
}

impl<'a> FromSql<'a> for Elements {
    /// An array of one dimension, as the server sends it: the number of dimensions, whether there are NULLs, the type; the
    /// length and the first index; each element after its length, which is -1 of NULL.
    fn from_sql(
        data_type: &Type,
        mut raw: &'a [u8],
    ) -> Result<Self, Box<dyn StdError + Sync + Send>> {
        let Kind::Array(element) = data_type.kind() else {
            return Err(format!("{data_type} is no array").into());
        };
        let mut elements = Self {
            data_type: Some(element.clone()),
            elements: Vec::new(),
        };
        let dimensions = number(&mut raw)?;
        number(&mut raw)?;
        number(&mut raw)?;
        if dimensions == 0 {
            return Ok(elements);
        }
        if dimensions != 1 {
            return Err(format!("an array of {dimensions} dimensions").into());
        }
        let length = number(&mut raw)?;
        number(&mut raw)?;
        for _ in 0..length {
            let size = number(&mut raw)?;
            elements.elements.push(match usize::try_from(size) {
                Ok(size) => Some(take(&mut raw, size)?.to_vec()),
                Err(_) => None,
            });
        }
        Ok(elements)
    }

    fn accepts(data_type: &Type) -> bool {
        matches!(data_type.kind(), Kind::Array(_))
    }
}

fn number(raw: &mut &[u8]) -> Result<i32, Box<dyn StdError + Sync + Send>> {
    let bytes = take(raw, 4)?;
    Ok(i32::from_be_bytes(bytes.try_into()?))
}

fn take<'a>(raw: &mut &'a [u8], size: usize) -> Result<&'a [u8], Box<dyn StdError + Sync + Send>> {
    let (taken, rest) = raw
        .split_at_checked(size)
        .ok_or("an array that is cut off")?;
    *raw = rest;
    Ok(taken)
}

/// A time zone that the server does not know, told by its name in the message, which may be of any language.
pub(super) fn explain(error: Error, parameters: &[Value]) -> Error {
    let Error::Database { source, .. } = &error else {
        return error;
    };
    let Some(refused) = source.as_db_error() else {
        return error;
    };
    if *refused.code() != wire::error::SqlState::INVALID_PARAMETER_VALUE {
        return error;
    }
    let is_named = |value: &&Value| matches!(value, Value::String(Some(name)) if is_about(refused.message(), name));
    match parameters.iter().find(is_named) {
        Some(Value::String(Some(name))) => Error::UnknownTimeZone { name: name.clone() },
        _ => error,
    }
}

pub(super) fn unexpected(what: &str) -> Error {
    Error::UnexpectedAnswer {
        reason: what.to_owned(),
    }
}
