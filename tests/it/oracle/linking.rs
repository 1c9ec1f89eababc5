//! What a row is linked to, in SQL and in memory.

use std::rc::Rc;

use pagewise::chat::{self, Match, TagKey, Tagged};
use pagewise::{Column, Entity, Links, Predicate};

use super::condition::Condition;
use super::datum::{Datum, Decoded, Sample};
use super::entities::IDS;
use super::{Context, Modeled, Operands, Uses, View};
use crate::world::{self, World};

/// How many of the values that are looked for a row must be linked to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Quantifier {
    Any,
    All,
    None,
}

/// The values of what a row is linked to.
type Linked<E> = Rc<dyn Fn(&View, &<E as Modeled>::Row) -> Vec<Datum>>;
/// The condition as a host writes it.
type Written<E> = Rc<dyn Fn(Quantifier, &[Datum]) -> Predicate<E>>;
/// The values of all there is.
type Existing = Rc<dyn Fn(&World) -> Vec<Datum>>;

/// What the links of a row lead to, by a column of it; twice.
pub struct Linking<E: Modeled> {
    pub words: String,
    pub uses: Uses,
    /// The column's values of all that is linked.
    linked: Linked<E>,
    predicate: Written<E>,
    /// The column's values of all there is, the other teams' too.
    existing: Existing,
    /// Values that are worth looking for, whether they exist or not.
    pool: fn() -> Vec<Datum>,
    /// Values that are not in any data.
    marked: fn(u8) -> Datum,
}

impl<E: Modeled> Linking<E> {
    pub fn condition(&self, quantifier: Quantifier, values: Vec<Datum>) -> Condition<E> {
        let linked = Rc::clone(&self.linked);
        let of_nothing = quantifier == Quantifier::All && values.is_empty();
        Condition {
            words: format!("({} {quantifier:?} of {values:?})", self.words),
            uses: match of_nothing {
                true => Uses::default(),
                false => self.uses.clone(),
            },
            predicate: (self.predicate)(quantifier, &values),
            holds: Rc::new(move |view, row| {
                let linked = linked(view, row);
                let is_linked = |value: &Datum| linked.contains(value);
                Some(match quantifier {
                    Quantifier::Any => values.iter().any(is_linked),
                    Quantifier::All => values.iter().all(is_linked),
                    Quantifier::None => !values.iter().any(is_linked),
                })
            }),
        }
    }

    /// The values that are picked: existing ones mostly, the same one twice now and then.
    pub fn values(
        &self,
        context: &Context,
        quantifier: Quantifier,
        picks: &[proptest::sample::Index],
    ) -> Vec<Datum> {
        let of = |at: usize| (self.marked)(u8::try_from(at % 250).unwrap_or(0));
        match context.operands {
            Operands::Near => {
                let mut pool = (self.existing)(&context.view.world);
                pool.extend((self.pool)().into_iter().take(2));
                picks.iter().map(|pick| pick.get(&pool).clone()).collect()
            }
            Operands::Marked => vec![of(0), of(1)],
            // That all of nothing is there needs no look, and has a text of its own.
            Operands::Far { length, variant } => {
                let least = usize::from(quantifier == Quantifier::All);
                let from = 60 * usize::from(variant % 4);
                (0..length.max(least)).map(|at| of(from + at)).collect()
            }
        }
    }
}

/// What `links` lead to, by a column.
pub fn linked<E: Modeled, L: Entity, T: Modeled, C: Sample>(
    words: &str,
    tables: &[&'static str],
    links: Links<E, L, T>,
    column: Column<T, C>,
    read: impl Fn(&T::Row) -> C + Clone + 'static,
    rows: impl Fn(&View, &E::Row) -> Vec<T::Row> + 'static,
) -> Linking<E> {
    let of = read.clone();
    let each = |values: &[Datum]| -> Vec<C::Base> { values.iter().map(C::Base::sample).collect() };
    Linking {
        words: words.to_owned(),
        uses: Uses::tables(tables),
        linked: Rc::new(move |view, row| {
            let rows = rows(view, row);
            rows.iter().map(|row| of(row).datum()).collect()
        }),
        predicate: Rc::new(move |quantifier, values| match quantifier {
            Quantifier::Any => links.any_of(column, each(values)),
            Quantifier::All => links.all_of(column, each(values)),
            Quantifier::None => links.none_of(column, each(values)),
        }),
        existing: Rc::new(move |world| {
            let teams = world::TEAMS.map(|tenant| View {
                world: world.clone(),
                tenant,
            });
            let rows = teams.flat_map(|view| T::rows(&view));
            let values = rows.map(|row| read(&row).datum());
            values.filter(|value| !value.is_null()).collect()
        }),
        pool: || C::Base::pool().into_iter().map(Decoded::datum).collect(),
        marked: |at| C::Base::marked(at).datum(),
    }
}

/// By what a tag is called.
#[derive(Clone, Copy, Debug)]
enum Key {
    Name,
    BorrowedName,
    Number,
    SmallNumber,
}

impl Key {
    fn of(self, tag: &world::Tag) -> Datum {
        match self {
            Self::Name | Self::BorrowedName => tag.name.clone().datum(),
            Self::Number | Self::SmallNumber => tag.id.datum(),
        }
    }
}

/// The tags of a row: all, and those of versions, by everything that calls a tag.
pub fn tags<E: Modeled + Tagged>(
    tables: &[&'static str],
    tags: fn(&View, &E::Row) -> Vec<world::Tag>,
) -> Vec<Linking<E>> {
    let ways = [
        (Key::Name, false),
        (Key::BorrowedName, false),
        (Key::Number, false),
        (Key::SmallNumber, false),
        (Key::Name, true),
        (Key::Number, true),
    ];
    let linking = |(key, only_versions): (Key, bool)| Linking {
        words: match only_versions {
            false => format!("tags by {key:?}"),
            true => format!("version tags by {key:?}"),
        },
        uses: Uses::tables(tables),
        linked: Rc::new(move |view, row| {
            let tags = tags(view, row).into_iter();
            tags.filter(|tag| !only_versions || tag.category == "experiment_version")
                .map(|tag| key.of(&tag))
                .collect()
        }),
        predicate: Rc::new(move |quantifier, values| {
            let names = values.iter().map(Datum::text);
            match key {
                Key::Name => tagged(
                    only_versions,
                    quantifier,
                    names.map(str::to_owned).collect(),
                ),
                Key::BorrowedName => tagged(only_versions, quantifier, names.collect()),
                Key::Number => tagged(only_versions, quantifier, numbers::<i64>(values)),
                Key::SmallNumber => tagged(only_versions, quantifier, numbers::<i32>(values)),
            }
        }),
        existing: Rc::new(move |world| world.tags.iter().map(|tag| key.of(tag)).collect()),
        pool: match key {
            Key::Name | Key::BorrowedName => {
                || vec!["unknown".to_owned().datum(), "%".to_owned().datum()]
            }
            Key::Number | Key::SmallNumber => || vec![0_i64.datum(), (-1_i64).datum()],
        },
        marked: match key {
            Key::Name | Key::BorrowedName => |at| String::marked(at).datum(),
            Key::Number | Key::SmallNumber => |at| i32::marked(at).datum(),
        },
    };
    ways.map(linking).into()
}

fn numbers<T: Decoded>(values: &[Datum]) -> Vec<T> {
    values.iter().map(T::sample).collect()
}

fn tagged<E: Tagged, K: TagKey>(
    only_versions: bool,
    quantifier: Quantifier,
    tags: Vec<K>,
) -> Predicate<E> {
    let tags = match quantifier {
        Quantifier::Any => Match::any_of(tags),
        Quantifier::All => Match::all_of(tags),
        Quantifier::None => Match::none_of(tags),
    };
    match only_versions {
        false => chat::tagged(&IDS, tags),
        true => chat::version_tagged(&IDS, tags),
    }
}
