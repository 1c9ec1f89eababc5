//! Columns that several lists have.

use super::super::{
    Experiment, Match, Participant, Tag, TaggableIds, Tagged, Version, version_tagged,
};
use crate::expression::Operand;
use crate::filter::{FilterColumn, FilterError, Meaning, Operator, Question, Selectivity};
use crate::predicate::Predicate;
use crate::schema::{Entity, SqlType, ToOne};

const OPERATORS: [Operator; 3] = [Operator::AnyOf, Operator::AllOf, Operator::Excludes];

/// The platforms that participants write on: what people see, and what the tables hold.
pub const CHANNELS: &[(&str, &str)] = &[
    ("Telegram", "telegram"),
    ("Web", "web"),
    ("WhatsApp", "whatsapp"),
    ("Facebook", "facebook"),
    ("SureAdhere", "sureadhere"),
    ("API", "api"),
    ("Slack", "slack"),
    ("CommCare Connect", "commcare_connect"),
    ("Evaluations", "evaluations"),
    ("Chat Widget & API", "embedded_widget"),
    ("Email", "email"),
];

/// The chatbots with these ids, and the versions of those.
///
/// ```
/// use pagewise::chat::{self, Session};
/// use pagewise::{Listing, Page};
///
/// let sessions = Session::experiment().is_one_of(chat::family(&[5, 6]));
/// let page = Listing::of(Session).tenant(7).filter(sessions).page(Page::first(25)).build()?;
/// # Ok::<(), pagewise::Error>(())
/// ```
#[must_use]
pub fn family(ids: &[i64]) -> Predicate<Experiment> {
    let ids = || ids.iter().copied();
    let version = Experiment::WORKING_VERSION_ID.any_of(ids());
    Experiment::ID.any_of(ids()).or(version)
}

/// The names of tags, of those that [`Tagged`] says: any of them, all of them (wherever they hang), none of them.
///
/// A name may be that of several tags, each of which will do. What nobody has is no error: nothing has any of it.
#[must_use]
pub fn tags_column<E: Tagged>(name: &'static str, ids: &TaggableIds) -> FilterColumn<E> {
    FilterColumn::linked(name, E::tag_links(ids), Tag::NAME)
}

/// The versions of the chatbot that answered, as the tags of answers say.
///
/// For sessions, in the place of the column that the application keeps:
///
/// ```
/// use pagewise::chat::{self, Session};
/// use pagewise::filter::FilterSet;
///
/// # let ids = chat::TaggableIds {
/// #     chat: pagewise::ContentTypeId::new(7),
/// #     message: pagewise::ContentTypeId::new(8),
/// # };
/// let set: FilterSet<Session> = chat::session_filters(&ids);
/// let set = set.column(chat::version_tags_column("versions", &ids));
/// ```
#[must_use]
pub fn version_tags_column<E: Tagged>(name: &'static str, ids: &TaggableIds) -> FilterColumn<E> {
    let ids = *ids;
    let means = move |question: &Question<'_>| {
        let names: Vec<_> = versions(question)?.iter().map(Version::to_string).collect();
        Ok(Meaning::is(version_tagged(
            &ids,
            matching(question, names)?,
        )))
    };
    FilterColumn::custom(name, OPERATORS, means).selectivity(Selectivity::Low)
}

fn matching(question: &Question<'_>, names: Vec<String>) -> Result<Match<String>, FilterError> {
    match question.operator {
        Operator::AnyOf => Ok(Match::any_of(names)),
        Operator::AllOf => Ok(Match::all_of(names)),
        Operator::Excludes => Ok(Match::none_of(names)),
        _ => Err(question.unknown_operator(&OPERATORS)),
    }
}

/// Numbers of published versions in an array that the application keeps.
///
/// A version that is worked on is in no such array: a row has all of several only if each of them is published, any of
/// them if a published one is there, and is never left out for one that is not. `excludes` keeps NULL.
#[must_use]
pub fn versions_column<E, A>(name: &'static str, numbers: A) -> FilterColumn<E>
where
    E: Entity,
    A: Operand<E>,
    A::Type: SqlType<Base = Vec<i32>> + 'static,
{
    let numbers = numbers.into_operand();
    let means = move |question: &Question<'_>| {
        let (released, all) = released(&versions(question)?);
        Ok(match question.operator {
            Operator::AnyOf => Meaning::is(numbers.overlaps(released)),
            Operator::AllOf if !all => Meaning::is(Predicate::any([])),
            Operator::AllOf => Meaning::is(numbers.contains_all(released)),
            Operator::Excludes => Meaning::is_not(numbers.overlaps(released)),
            _ => return Err(question.unknown_operator(&OPERATORS)),
        })
    };
    FilterColumn::custom(name, OPERATORS, means).selectivity(Selectivity::Low)
}

/// The number of the published version that a row is about, NULL while it is worked on: the row has one version, so
/// not two. `excludes` keeps NULL.
pub(super) fn version_column<E, A>(name: &'static str, number: A) -> FilterColumn<E>
where
    E: Entity,
    A: Operand<E>,
    A::Type: SqlType<Base = i32> + 'static,
{
    let number = number.into_operand();
    let means = move |question: &Question<'_>| {
        let (mut released, all) = released(&versions(question)?);
        released.sort_unstable();
        released.dedup();
        Ok(match question.operator {
            Operator::AllOf if !all || released.len() > 1 => Meaning::is(Predicate::any([])),
            Operator::AnyOf | Operator::AllOf => Meaning::is(number.any_of(released)),
            Operator::Excludes => Meaning::is_not(number.any_of(released)),
            _ => return Err(question.unknown_operator(&OPERATORS)),
        })
    };
    FilterColumn::custom(name, OPERATORS, means).selectivity(Selectivity::Low)
}

fn versions(question: &Question<'_>) -> Result<Vec<Version>, FilterError> {
    question.each(Version::EXPECTED, |value| value.parse().ok())
}

/// The numbers of those that are published, and whether all are.
fn released(versions: &[Version]) -> (Vec<i32>, bool) {
    let released = versions.iter().filter(|version| !version.unreleased);
    let numbers: Vec<_> = released.map(|version| version.number).collect();
    let all = numbers.len() == versions.len();
    (numbers, all)
}

/// The chatbot that a row belongs to, by the number of any chatbot whose [`family`] it is of. `excludes` keeps NULL.
pub(super) fn experiment_column<E: Entity>(way: ToOne<E, Experiment>) -> FilterColumn<E> {
    let means = move |question: &Question<'_>| {
        let mut ids: Vec<i64> = question.each("give the id of a chatbot", |value| {
            value.trim().parse().ok()
        })?;
        Ok(match question.operator {
            Operator::AnyOf => Meaning::is(way.is_one_of(family(&ids))),
            Operator::Excludes => Meaning::is_not(way.is_one_of(family(&ids))),
            Operator::AllOf => {
                ids.sort_unstable();
                ids.dedup();
                // A row of three families there is not: it has one number, and is a version of one chatbot.
                if ids.len() > 2 {
                    return Ok(Meaning::is(Predicate::any([])));
                }
                let families = ids.iter().map(|id| family(&[*id]));
                Meaning::is(way.is_one_of(Predicate::all(families)))
            }
            _ => return Err(question.unknown_operator(&OPERATORS)),
        })
    };
    FilterColumn::custom("experiment", OPERATORS, means).selectivity(Selectivity::High)
}

/// The identifier or the name of the participant.
pub(super) fn participant_column() -> FilterColumn<Participant> {
    let texts = [Participant::IDENTIFIER, Participant::NAME];
    FilterColumn::texts("participant", texts).selectivity(Selectivity::High)
}
