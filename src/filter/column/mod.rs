//! What can be filtered by: [`FilterColumn`].

mod choice;
mod linked;
mod text;
mod time;

use std::fmt;
use std::sync::Arc;

use super::{FilterError, FilterRequest, Meaning, Operator, Question, Selectivity, Viewer};
use crate::predicate::Predicate;
use crate::schema::{Entity, Relation};

/// Something that requests filter rows of the entity `E` by: its name, its operators, and what they mean.
///
/// | made by | operators |
/// |---|---|
/// | [`text`](Self::text), [`texts`](Self::texts), [`text_ignoring_case`](Self::text_ignoring_case) | equals, contains, does not contain, starts with, ends with, any of |
/// | [`time`](Self::time) | on, before, after, range |
/// | [`choice`](Self::choice), [`labels`](Self::labels), [`ids`](Self::ids) | any of, excludes |
/// | [`linked`](Self::linked) | any of, all of, excludes |
/// | [`through`](Self::through) | those of a column of another table |
/// | [`custom`](Self::custom) | the host's |
///
/// For a [`FilterSet`](super::FilterSet).
///
/// # Example
///
/// ```
/// use pagewise::chat::{Participant, Session};
/// use pagewise::filter::{FilterColumn, Meaning, Operator, Selectivity};
///
/// let state = FilterColumn::choice("state", Session::STATUS).selectivity(Selectivity::High);
/// let names = FilterColumn::texts("participant", [Participant::IDENTIFIER, Participant::NAME]);
/// let participant = FilterColumn::through(Session::participant(), names);
/// let ended = FilterColumn::custom("ended", [Operator::Equals], |question| match question.value() {
///     "yes" => Ok(Meaning::is(Session::ENDED_AT.is_not_null())),
///     "no" => Ok(Meaning::is(Session::ENDED_AT.is_null())),
///     other => Err(question.invalid(other, "say yes or no")),
/// });
/// # let _: [FilterColumn<Session>; 3] = [state, participant, ended];
/// ```
pub struct FilterColumn<E> {
    name: &'static str,
    operators: Vec<Operator>,
    selectivity: Selectivity,
    means: Arc<Means<E>>,
}

type Means<E> = dyn Fn(&Question<'_>) -> Result<Meaning<E>, FilterError> + Send + Sync;

impl<E: Entity> FilterColumn<E> {
    /// A column of this name, whose operators mean what the function says; it is asked for these operators only.
    #[must_use]
    pub fn custom(
        name: &'static str,
        operators: impl Into<Vec<Operator>>,
        means: impl Fn(&Question<'_>) -> Result<Meaning<E>, FilterError> + Send + Sync + 'static,
    ) -> Self {
        Self {
            name,
            operators: operators.into(),
            selectivity: Selectivity::default(),
            means: Arc::new(means),
        }
    }

    /// A column of another table, under its name: true of a row to which such a row belongs, by `EXISTS`.
    ///
    /// Operators that say what a row is not ("excludes", "does not contain") are true of a row to which none belongs
    /// that is: by `NOT EXISTS`, so also where there is none at all.
    #[must_use]
    pub fn through<F: Entity>(way: impl Into<Relation<E, F>>, column: FilterColumn<F>) -> Self {
        let way = way.into();
        let means = column.means;
        Self {
            name: column.name,
            operators: column.operators,
            selectivity: column.selectivity,
            means: Arc::new(move |question| {
                let meaning = means(question)?;
                Ok(Meaning {
                    condition: way.clone().filter(meaning.condition).exists(),
                    negated: meaning.negated,
                })
            }),
        }
    }

    /// How few rows its filters leave, by experience; [`Selectivity::Medium`] until this says otherwise.
    #[must_use]
    pub fn selectivity(mut self, selectivity: Selectivity) -> Self {
        self.selectivity = selectivity;
        self
    }

    /// The same under another name.
    #[must_use]
    pub fn named(mut self, name: &'static str) -> Self {
        self.name = name;
        self
    }

    /// The name by which requests call it.
    #[must_use]
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// The operators that it has.
    #[must_use]
    pub fn operators(&self) -> &[Operator] {
        &self.operators
    }

    /// How few rows its filters leave.
    #[must_use]
    pub fn rank(&self) -> Selectivity {
        self.selectivity
    }

    /// The operator that a request means.
    pub(super) fn operator(&self, request: &FilterRequest) -> Result<Operator, FilterError> {
        let operator = Operator::named(&request.operator);
        let known = operator.filter(|operator| self.operators.contains(operator));
        known.ok_or_else(|| FilterError::UnknownOperator {
            column: self.name.to_owned(),
            operator: request.operator.clone(),
            known: self.operators.clone(),
        })
    }

    /// What comparing with these values means for a row.
    pub(super) fn predicate(
        &self,
        operator: Operator,
        values: &[String],
        viewer: &Viewer,
    ) -> Result<Predicate<E>, FilterError> {
        let question = Question {
            column: self.name,
            operator,
            values,
            viewer,
        };
        let no_value = || FilterError::NoValue {
            column: self.name.to_owned(),
        };
        match (values, operator.takes_list()) {
            ([], _) => return Err(no_value()),
            ([value], false) if value.is_empty() => return Err(no_value()),
            ([_, second, ..], false) => {
                return Err(question.invalid(second, "give one value, not several"));
            }
            _ => {}
        }
        // PostgreSQL's text cannot hold it: the whole page would be refused.
        if let Some(value) = values.iter().find(|value| value.contains('\0')) {
            return Err(question.invalid(value, "leave out the character NUL"));
        }
        Ok((self.means)(&question)?.into_predicate())
    }
}

impl<E> Clone for FilterColumn<E> {
    fn clone(&self) -> Self {
        Self {
            name: self.name,
            operators: self.operators.clone(),
            selectivity: self.selectivity,
            means: Arc::clone(&self.means),
        }
    }
}

impl<E> fmt::Debug for FilterColumn<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FilterColumn")
            .field("name", &self.name)
            .field("operators", &self.operators)
            .field("selectivity", &self.selectivity)
            .finish_non_exhaustive()
    }
}
