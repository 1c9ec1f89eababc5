//! Estimates for hosts: the typed methods of [`Statistics`].

use super::model::Statistics;
use crate::predicate::Predicate;
use crate::schema::{Column, Entity, Relation, SqlType, Tenant};

impl Statistics {
    /// How many rows a table has, about; `None` if that is not known.
    #[must_use]
    pub fn rows_of<E: Entity>(&self, _: E) -> Option<f64> {
        self.rows(&E::DEFINITION)
    }

    /// How many rows of a table are the tenant's, about.
    #[must_use]
    pub fn rows_of_tenant<E: Entity>(&self, _: E, tenant: impl Into<Tenant>) -> Option<f64> {
        self.tenant_rows(&E::DEFINITION, &tenant.into())
    }

    /// How much of a column is NULL, about: from 0 to 1; `None` if that is not known.
    #[must_use]
    pub fn null_fraction<E: Entity, T: SqlType>(&self, column: Column<E, T>) -> Option<f64> {
        Some(self.column(&E::DEFINITION, column.name())?.nulls)
    }

    /// The share of a table's rows for which the condition is true, about: from 0 to 1. `None` where the statistics say
    /// nothing of it.
    ///
    /// Conditions on different columns are taken to be independent, as PostgreSQL's planner does.
    ///
    /// ```
    /// use pagewise::chat::Session;
    /// use pagewise::statistics::{Statistics, StatisticsRow};
    ///
    /// let statistics = Statistics::from_rows([StatisticsRow {
    ///     table_name: "experiments_experimentsession".to_owned(),
    ///     row_count: Some(200_000.0),
    ///     column_name: Some("status".to_owned()),
    ///     null_fraction: Some(0.0),
    ///     distinct_values: Some(3.0),
    ///     common_values: Some(vec!["active".to_owned(), "complete".to_owned()]),
    ///     common_frequencies: Some(vec![0.5, 0.25]),
    ///     ..StatisticsRow::default()
    /// }]);
    /// assert_eq!(statistics.share(&Session::STATUS.any_of(["active", "complete"])), Some(0.75));
    /// assert_eq!(statistics.share(&Session::STATUS.eq("setup")), Some(0.25));
    /// assert_eq!(statistics.share(&Session::PLATFORM.eq("web")), None);
    /// ```
    #[must_use]
    pub fn share<E: Entity>(&self, condition: &Predicate<E>) -> Option<f64> {
        self.selectivity(&E::DEFINITION, &condition.node)
    }

    /// How many rows point at rows of the tenant by the relation, about, by the names of what they point at where these
    /// were read ([`TableSet::label`](super::TableSet::label)). `None` of relations that may lead to several rows, or
    /// through other tables.
    ///
    /// ```no_run
    /// use pagewise::chat::{self, Tag, TaggedItem};
    /// use pagewise::statistics::Statistics;
    ///
    /// # fn example(statistics: &Statistics) {
    /// let urgent = TaggedItem::tag().filter(Tag::NAME.eq("urgent"));
    /// let links = statistics.rows_pointing_at(&urgent, 7);
    /// # }
    /// ```
    #[must_use]
    pub fn rows_pointing_at<E: Entity, F: Entity>(
        &self,
        relation: &Relation<E, F>,
        tenant: impl Into<Tenant>,
    ) -> Option<f64> {
        let [hop] = relation.path.hops.as_slice() else {
            return None;
        };
        if !hop.to_one {
            return None;
        }
        let conditions: Vec<_> = hop.condition.iter().chain(&relation.filter).collect();
        let (from, target) = (hop.from, hop.definition);
        self.pointing_rows(
            &E::DEFINITION,
            from,
            target,
            &conditions,
            Some(&tenant.into()),
        )
    }
}
