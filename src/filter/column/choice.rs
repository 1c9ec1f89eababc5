//! Columns of which one is one of several.

use std::str::FromStr;

use super::FilterColumn;
use crate::expression::{Expression, Operand};
use crate::filter::{FilterError, Meaning, Operator, Question};
use crate::schema::{Entity, IntoSql, SqlType};

const OPERATORS: [Operator; 2] = [Operator::AnyOf, Operator::Excludes];

impl<E: Entity> FilterColumn<E> {
    /// A text that is one of several, which requests call as they are. `excludes` keeps NULL.
    ///
    /// What no row has is no error: there are no such rows.
    #[must_use]
    pub fn choice<A>(name: &'static str, text: A) -> Self
    where
        A: Operand<E>,
        A::Type: SqlType<Base = String> + 'static,
    {
        let text = text.into_operand();
        Self::custom(name, OPERATORS, move |question| {
            means(&text, question, question.values)
        })
    }

    /// A text that is one of several, which requests call by labels: pairs of a label and the text that it stands for.
    ///
    /// ```
    /// use pagewise::chat::Session;
    /// use pagewise::filter::FilterColumn;
    ///
    /// let channels = FilterColumn::labels("channels", Session::PLATFORM, &[("Web", "web"), ("API", "api")]);
    /// ```
    #[must_use]
    pub fn labels<A>(
        name: &'static str,
        text: A,
        labels: &'static [(&'static str, &'static str)],
    ) -> Self
    where
        A: Operand<E>,
        A::Type: SqlType<Base = String> + 'static,
    {
        let text = text.into_operand();
        let names: Vec<_> = labels.iter().map(|(label, _)| *label).collect();
        let expected = format!("use one of {}", names.join(", "));
        Self::custom(name, OPERATORS, move |question| {
            let texts = question.each(expected.clone(), |value| {
                let mut labels = labels.iter();
                let (_, text) = labels.find(|(label, _)| *label == value.trim())?;
                Some(*text)
            })?;
            means(&text, question, texts)
        })
    }

    /// Numbers, or whatever else keys are, that are one of several. `excludes` keeps NULL.
    #[must_use]
    pub fn ids<A>(name: &'static str, id: A) -> Self
    where
        A: Operand<E>,
        A::Type: SqlType<Base: FromStr> + 'static,
    {
        let id = id.into_operand();
        Self::custom(name, OPERATORS, move |question| {
            let ids: Vec<<A::Type as SqlType>::Base> =
                question.each("give an id", |value| value.trim().parse().ok())?;
            means(&id, question, ids)
        })
    }
}

fn means<E: Entity, T: SqlType, V: IntoSql<T::Base>>(
    value: &Expression<E, T>,
    question: &Question<'_>,
    values: impl IntoIterator<Item = V>,
) -> Result<Meaning<E>, FilterError> {
    let one_of = value.any_of(values);
    match question.operator {
        Operator::AnyOf => Ok(Meaning::is(one_of)),
        Operator::Excludes => Ok(Meaning::is_not(one_of)),
        _ => Err(question.unknown_operator(&OPERATORS)),
    }
}
