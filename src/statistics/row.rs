//! One row of the answer that statistics are made from: [`StatisticsRow`].

/// What PostgreSQL knows of one column, or of a table whose columns it knows nothing of.
///
/// A row of the answer to [`Statistics::statement`](super::Statistics::statement), whose columns have the names of
/// these fields, in this order.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct StatisticsRow {
    /// The table's schema as its entity declares it; `''` where the search path finds the table.
    pub schema_name: String,
    /// The table.
    pub table_name: String,
    /// How many rows the table had when it was last looked through; 0 or less if it never was.
    pub row_count: Option<f32>,
    /// The column; `None` if nothing is known of any.
    pub column_name: Option<String>,
    /// Whether the numbers are those of the table with its partitions.
    pub inherited: Option<bool>,
    /// How much of the column is NULL.
    pub null_fraction: Option<f32>,
    /// How many different values there are; negative: as a share of the rows; 0: unknown.
    pub distinct_values: Option<f32>,
    /// The most common values, as text.
    pub common_values: Option<Vec<String>>,
    /// The share of the rows that each of them has.
    pub common_frequencies: Option<Vec<f32>>,
    /// Values that split the other rows into parts of the same size, as text, in their order.
    pub histogram_bounds: Option<Vec<String>>,
    /// How far the rows lie in the order of the column's values: from -1, the reverse, over 0, anyhow, to 1.
    pub correlation: Option<f32>,
    /// The most common elements of an array, as text.
    pub common_elements: Option<Vec<String>>,
    /// The share of the rows that have each of them; then the smallest, the largest, and that of NULL.
    pub element_frequencies: Option<Vec<f32>>,
}
