//! Columns of text.

use super::FilterColumn;
use crate::expression::{Expression, Operand};
use crate::filter::{FilterError, Meaning, Operator, Question};
use crate::predicate::Predicate;
use crate::schema::{Entity, SqlType};

const OPERATORS: [Operator; 6] = [
    Operator::Equals,
    Operator::Contains,
    Operator::DoesNotContain,
    Operator::StartsWith,
    Operator::EndsWith,
    Operator::AnyOf,
];

impl<E: Entity> FilterColumn<E> {
    /// A text.
    ///
    /// `equals` and `any of` tell upper and lower case apart; `contains`, `does not contain`, `starts with` and `ends
    /// with` do not, and take `%`, `_` and `\` literally. A text that is NULL does not contain anything.
    #[must_use]
    pub fn text<A>(name: &'static str, text: A) -> Self
    where
        A: Operand<E>,
        A::Type: SqlType<Base = String> + 'static,
    {
        Self::texts(name, [text])
    }

    /// Several texts, one of which has to fit; `does not contain` is that none of them contains it.
    #[must_use]
    pub fn texts<A>(name: &'static str, texts: impl IntoIterator<Item = A>) -> Self
    where
        A: Operand<E>,
        A::Type: SqlType<Base = String> + 'static,
    {
        let texts: Vec<_> = texts.into_iter().map(Operand::into_operand).collect();
        Self::custom(name, OPERATORS, move |question| {
            means(&texts, question, false)
        })
    }

    /// A text of which `equals` does not tell upper and lower case apart, either; `any of` does.
    #[must_use]
    pub fn text_ignoring_case<A>(name: &'static str, text: A) -> Self
    where
        A: Operand<E>,
        A::Type: SqlType<Base = String> + 'static,
    {
        let texts = [text.into_operand()];
        Self::custom(name, OPERATORS, move |question| {
            means(&texts, question, true)
        })
    }
}

fn means<E: Entity, T: SqlType<Base = String>>(
    texts: &[Expression<E, T>],
    question: &Question<'_>,
    ignore_case: bool,
) -> Result<Meaning<E>, FilterError> {
    let value = question.value();
    let one_of = |test: &dyn Fn(&Expression<E, T>) -> Predicate<E>| match texts {
        [text] => test(text),
        texts => Predicate::any(texts.iter().map(test)),
    };
    Ok(match question.operator {
        Operator::Equals if ignore_case => Meaning::is(one_of(&|text| text.eq_ignore_case(value))),
        Operator::Equals => Meaning::is(one_of(&|text| text.eq(value))),
        Operator::Contains => Meaning::is(one_of(&|text| text.contains_ignore_case(value))),
        Operator::DoesNotContain => {
            Meaning::is_not(one_of(&|text| text.contains_ignore_case(value)))
        }
        Operator::StartsWith => Meaning::is(one_of(&|text| text.starts_with_ignore_case(value))),
        Operator::EndsWith => Meaning::is(one_of(&|text| text.ends_with_ignore_case(value))),
        Operator::AnyOf => Meaning::is(one_of(&|text| text.any_of(question.values))),
        _ => return Err(question.unknown_operator(&OPERATORS)),
    })
}
