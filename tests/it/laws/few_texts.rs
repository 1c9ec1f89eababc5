//! Law 7: the text depends on the shape of a request only: not on whose rows, which values, how many in a list,
//! how far in, but for whether that is too far to look at all rows before.

use pagewise::chat::{self, Experiment, Match, Message, Participant, Session, Tagged, Trace};
use pagewise::{Listing, Page, PageStatement, Strategy, Total};
use postgres::Transaction;

use super::bound::remade;
use super::forms::FORMS;
use super::harness::{Law, Outcome, build, law, refused, same};
use crate::oracle::entities::IDS;
use crate::oracle::request::Request;
use crate::oracle::{Context, Modeled, Operands};
use crate::world::world;

struct FewTexts;

impl Law for FewTexts {
    fn holds<E: Modeled>(
        &mut self,
        transaction: &mut Transaction<'_>,
        request: &Request<E>,
        near: &Context,
    ) -> Outcome {
        let world = &near.view.world;
        let far = |tenant, length, variant| {
            let operands = Operands::Far { length, variant };
            remade::<E>(world, &request.plan, tenant, operands)
        };
        let request = &far(1, 2, 0);
        let others = [
            far(2, 0, 1),
            far(3, 1, 2),
            far(1, 3, 3),
            far(98_710, 300, 1),
        ];
        for strategy in [Strategy::Optimized, Strategy::Legacy] {
            for (page, other_page) in [
                (Page::first(3), Page::first(3)),
                (Page::offset(1, 3), Page::offset(100, 3)),
                (Page::offset(101, 3), Page::offset(20_000, 3)),
                (
                    Page::last(3).with_total(Total::Exact),
                    Page::last(3).with_total(Total::Exact),
                ),
            ] {
                let page = build(transaction, request, request.with(strategy), page)?;
                for other in &others {
                    let other_page = other.with(strategy).page(other_page.clone()).build();
                    let other_page = other_page.map_err(|error| refused(other, &page, &error))?;
                    same(
                        request,
                        &page,
                        &other.words(),
                        (other_page.text(), page.text()),
                    )?;
                    // A text that is equal is a statement that is, once the server knows the types of its parameters.
                    let types = |values: &[pagewise::sea_query::Value]| -> Vec<_> {
                        values.iter().map(std::mem::discriminant).collect()
                    };
                    let types = (types(other_page.parameters()), types(page.parameters()));
                    same(request, &page, "types of the parameters", types)?;
                }
            }
        }
        Ok(())
    }
}

#[test]
fn the_text_depends_on_the_shape_only() {
    law(40, world(), FewTexts);
}

/// A page that is filtered by so many tags, in every form.
fn tagged<E: Tagged>(tags: i64) -> Vec<PageStatement<E>> {
    let names = || (0..tags).map(|tag| format!("tag {tag}"));
    let matches = [
        chat::tagged::<E, _>(&IDS, Match::any_of(names())),
        chat::tagged(&IDS, Match::all_of(names())),
        chat::tagged(&IDS, Match::none_of(names())),
        chat::tagged(&IDS, Match::any_of(0..tags)),
        chat::tagged(&IDS, Match::all_of(0..tags)),
        chat::tagged(&IDS, Match::none_of(0..tags)),
        chat::version_tagged(&IDS, Match::any_of(names())),
        chat::version_tagged(&IDS, Match::all_of(names())),
        chat::version_tagged(&IDS, Match::none_of(names())),
    ];
    let listings = matches.into_iter().flat_map(|condition| {
        FORMS.map(|form| {
            let listing = Listing::of(E::default()).tenant(1).link_form(form);
            let page = Page::first(3).with_total(Total::Exact);
            listing.filter(condition.clone()).page(page).build()
        })
    });
    listings.map(|page| page.expect("a page")).collect()
}

fn one_text_for_tags<E: Tagged>() {
    let one = tagged::<E>(1);
    for tags in [3, 300] {
        for (more, one) in tagged::<E>(tags).iter().zip(&one) {
            assert_eq!(more.text(), one.text(), "{tags} tags");
            let types = |page: &PageStatement<E>| -> Vec<_> {
                page.parameters()
                    .iter()
                    .map(std::mem::discriminant)
                    .collect()
            };
            assert_eq!(types(more), types(one), "{tags} tags\n{more:#}");
        }
    }
}

#[test]
fn one_tag_and_three_hundred_are_one_text() {
    one_text_for_tags::<Session>();
    one_text_for_tags::<Message>();
    one_text_for_tags::<Trace>();
    one_text_for_tags::<Experiment>();
    one_text_for_tags::<Participant>();
}
