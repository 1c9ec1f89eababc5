//! pagewise's ways to a page.

use pagewise::catalog::Catalog;
use pagewise::listing::OrderForm;
use pagewise::schema::Entity;
use pagewise::{Error, Listing, Strategy};

use crate::report::job::{Candidate, Query, Way};

/// The forms that a listing is made to take.
pub const FORMS: [(&str, OrderForm); 3] = [
    ("probe", OrderForm::Probe),
    ("grouped", OrderForm::Grouped),
    ("walk", OrderForm::Walk),
];

/// What a statement that is none of these is called: a walk of another length.
const OTHER: &str = "another";

/// A page's candidates, and what pagewise says of those that it chose.
pub struct Ours {
    pub candidates: Vec<Candidate>,
    pub notes: Vec<String>,
}

/// With the catalog, without, and in each form; the old strategy first, if it is wanted.
pub fn candidates<E: Entity>(
    listing: &Listing<E>,
    catalog: &Catalog,
    with_legacy: bool,
) -> Result<Ours, Error> {
    let with_catalog = listing.clone().catalog(catalog.clone());
    let chosen = with_catalog.build()?;
    let unaided = listing.build()?;
    let mut candidates = Vec::new();
    if with_legacy {
        let legacy = listing.clone().strategy(Strategy::Legacy).build()?;
        candidates.push(Candidate::new(Way::Legacy, [Query::of(&legacy)]));
    }
    let forced = FORMS.map(|(name, form)| forced(&with_catalog, name, form));
    let forced = forced.into_iter().collect::<Result<Vec<_>, _>>()?;
    // What is not computed has no forms.
    let has_forms = forced.iter().any(|form| form.queries != forced[0].queries);
    for (way, statement) in [(Way::Catalog, &chosen), (Way::Pagewise, &unaided)] {
        let queries = vec![Query::of(statement)];
        let same = forced.iter().find(|forced| forced.queries == queries);
        let form = match has_forms {
            true => same.map_or(OTHER, |forced| forced.form),
            false => "",
        };
        candidates.push(Candidate {
            form,
            ..Candidate::new(way, queries)
        });
    }
    if has_forms {
        candidates.extend(forced);
    }
    let said = |way: Way, report: &pagewise::report::Report| {
        let notes = report.notes().iter();
        let notes = notes.map(move |note| format!("{}: {note}", way.name()));
        notes.collect::<Vec<_>>()
    };
    let mut notes = said(Way::Catalog, chosen.report());
    notes.extend(said(Way::Pagewise, unaided.report()));
    Ok(Ours { candidates, notes })
}

/// In one form.
pub fn forced<E: Entity>(
    listing: &Listing<E>,
    name: &'static str,
    form: OrderForm,
) -> Result<Candidate, Error> {
    let statement = listing.clone().order_form(form).build()?;
    Ok(Candidate {
        form: name,
        ..Candidate::new(Way::Forced, [Query::of(&statement)])
    })
}
