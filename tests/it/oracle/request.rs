//! A listing and what it gives.

use pagewise::driver::PageRows;
use pagewise::{Error, Listing, Strategy};

use super::condition::Condition;
use super::datum::Datum;
use super::order::{Sorted, deciding, sort};
use super::plan::{ALIASES, Plan, all_uses};
use super::value::Value;
use super::{Context, Modeled, Uses, View};

/// A plan made real for one entity and one team: the listing, and its rows by the oracle.
pub struct Request<E: Modeled> {
    pub tenant: i64,
    pub plan: Plan,
    /// Without a page.
    pub listing: Listing<E>,
    /// Nor filters.
    pub unfiltered: Listing<E>,
    pub shown: Vec<Shown<E>>,
    pub filters: Vec<Condition<E>>,
    pub orders: Vec<Sorted<E>>,
    /// All rows in their order.
    pub expected: Vec<Line>,
}

/// What is shown, under which name.
pub struct Shown<E: Modeled> {
    pub name: String,
    pub value: Value<E>,
}

/// A row: its key and what is shown.
#[derive(Clone, Debug)]
pub struct Line {
    pub id: i64,
    pub values: Vec<Datum>,
}

impl PartialEq for Line {
    fn eq(&self, other: &Self) -> bool {
        self.id == other.id
            && self.values.len() == other.values.len()
            && self
                .values
                .iter()
                .zip(&other.values)
                .all(|(a, b)| a.agrees(b))
    }
}

impl<E: Modeled> Request<E> {
    pub fn new(plan: &Plan, context: &Context) -> Self {
        let mut shown: Vec<Shown<E>> = Vec::new();
        for (at, plan) in plan.shown.iter().enumerate() {
            let value = plan.value.value::<E>(context);
            let alias = plan
                .alias
                .map(|alias| ALIASES[usize::from(alias) % ALIASES.len()]);
            let mut name = alias.map_or_else(|| value.name.clone(), str::to_owned);
            if shown.iter().any(|before| before.name == name)
                || (name == E::DEFINITION.key && alias.is_some())
            {
                name = format!("{at} {name}");
            }
            shown.push(Shown { name, value });
        }
        let filters: Vec<_> = plan
            .filters
            .iter()
            .map(|plan| plan.condition::<E>(context))
            .collect();
        let orders: Vec<_> = plan
            .orders
            .iter()
            .map(|plan| plan.sorted::<E>(context))
            .collect();

        let mut listing = Listing::of(E::default()).tenant(context.view.tenant);
        for order in &orders {
            listing = listing.order_by(order.order());
        }
        for shown in &shown {
            listing = (shown.value.show)(listing, &shown.name);
        }
        let unfiltered = listing.clone();
        for filter in &filters {
            listing = listing.filter(filter.predicate.clone());
        }
        let orders = deciding(orders);
        let expected = expected(&context.view, &filters, &orders, &shown);
        Self {
            tenant: context.view.tenant,
            plan: plan.clone(),
            listing,
            unfiltered,
            shown,
            filters,
            orders,
            expected,
        }
    }

    /// Reads what is shown.
    pub fn lines(&self, rows: &PageRows<E>) -> Result<Vec<Line>, Error> {
        rows.decode(|row| {
            let values = self
                .shown
                .iter()
                .map(|shown| (shown.value.read)(row, &shown.name));
            Ok(Line {
                id: row.get(E::key())?,
                values: values.collect::<Result<_, _>>()?,
            })
        })
    }

    /// The same rows with one value only.
    pub fn alone(&self, shown: &Shown<E>) -> Listing<E> {
        let mut listing = Listing::of(E::default()).tenant(self.tenant);
        for filter in &self.filters {
            listing = listing.filter(filter.predicate.clone());
        }
        for order in &self.orders {
            listing = listing.order_by(order.order());
        }
        (shown.value.show)(listing, &shown.name)
    }

    pub fn with(&self, strategy: Strategy) -> Listing<E> {
        self.listing.clone().strategy(strategy)
    }

    /// What the request has to do with.
    pub fn uses(&self) -> Uses {
        let shown = self.shown.iter().map(|shown| &shown.value.uses);
        let filters = self.filters.iter().map(|filter| &filter.uses);
        let orders = self.orders.iter().map(|order| &order.value.uses);
        all_uses(shown.chain(filters).chain(orders)).and(&Uses::tables(&E::tables()))
    }

    /// What has to be known to find the page.
    pub fn uses_of_the_page(&self) -> Uses {
        let filters = self.filters.iter().map(|filter| &filter.uses);
        let orders = self.orders.iter().map(|order| &order.value.uses);
        all_uses(filters.chain(orders)).and(&Uses::tables(&E::tables()))
    }

    /// The request for people.
    pub fn words(&self) -> String {
        let mut words = format!("{} of the team {}", E::DEFINITION.table, self.tenant);
        for filter in &self.filters {
            words.push_str(&format!("\n  where {}", filter.words));
        }
        for order in &self.orders {
            words.push_str(&format!("\n  by {}", order.words()));
        }
        for shown in &self.shown {
            words.push_str(&format!(
                "\n  show {} as {:?}",
                shown.value.words, shown.name
            ));
        }
        words
    }
}

fn expected<E: Modeled>(
    view: &View,
    filters: &[Condition<E>],
    orders: &[Sorted<E>],
    shown: &[Shown<E>],
) -> Vec<Line> {
    let mut rows = E::rows(view);
    rows.retain(|row| {
        filters
            .iter()
            .all(|filter| (filter.holds)(view, row) == Some(true))
    });
    sort(view, orders, &mut rows);
    rows.iter()
        .map(|row| Line {
            id: E::id(row),
            values: shown
                .iter()
                .map(|shown| (shown.value.eval)(view, row))
                .collect(),
        })
        .collect()
}
