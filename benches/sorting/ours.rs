//! pagewise's ways to a page.

use pagewise::catalog::Catalog;
use pagewise::listing::OrderForm;
use pagewise::report::Report;
use pagewise::schema::Entity;
use pagewise::{Error, Listing, Strategy};

use crate::report::job::{Candidate, Query, Way};

/// The forms that a listing is made to take.
pub const FORMS: [(&str, OrderForm); 3] = [
    ("probe", OrderForm::Probe),
    ("grouped", OrderForm::Grouped),
    ("walk", OrderForm::Walk),
];

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
    for (way, statement) in [(Way::Catalog, &chosen), (Way::Pagewise, &unaided)] {
        candidates.push(Candidate {
            form: form_of(statement.report()),
            ..Candidate::new(way, [Query::of(statement)])
        });
    }
    // What is not computed has no forms.
    if forced.iter().any(|form| form.queries != forced[0].queries) {
        candidates.extend(forced);
    }
    let said = |way: Way, report: &Report| {
        let notes = report.notes().iter();
        let notes = notes.map(move |note| format!("{}: {note}", way.name()));
        notes.collect::<Vec<_>>()
    };
    let mut notes = said(Way::Catalog, chosen.report());
    notes.extend(said(Way::Pagewise, unaided.report()));
    Ok(Ours { candidates, notes })
}

/// The form that was chosen, by what is said of it.
fn form_of(report: &Report) -> &'static str {
    let mut notes = report.notes().iter();
    let decision = notes.find(|note| note.subject.starts_with("order by"));
    match decision.map_or("", |note| &note.decision) {
        decision if decision.starts_with("down ") => "walk",
        decision if decision.starts_with("one pass") => "grouped",
        decision if decision.starts_with("a sub-select") => "probe",
        _ => "",
    }
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
