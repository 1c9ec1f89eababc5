//! What is asked for.

use postgres::Client;

use crate::by_hand::Ask;
use crate::place::Place;
use crate::report::Fallible;
use crate::report::job::Jobs;
use crate::sessions::{Narrowed, all_of, any_of, any_of_name, none_of, version_array, version_tag};
use crate::{text_match, traces};

/// All jobs.
pub fn at(client: &mut Client, scale: f64) -> Fallible<Jobs> {
    let place = &Place::find(client)?;
    eprintln!(
        "scale {scale}: the selective filter leaves {} sessions",
        place.chatbot_sessions
    );
    let Place {
        rare, common, bulk, ..
    } = *place;
    let apart = [Ask::Page, Ask::Count];
    let mut jobs = Vec::new();
    for tag in [rare, common, bulk] {
        for narrowed in Narrowed::ALL {
            for ask in apart {
                jobs.push(any_of(place, tag, narrowed, ask)?);
            }
        }
        jobs.push(any_of(place, tag, Narrowed::Not, Ask::PageAndCapped)?);
    }
    for ask in apart {
        for tag in [rare, common, bulk] {
            jobs.push(none_of(place, tag, ask)?);
        }
        for tags in [[rare, bulk], [common, bulk]] {
            jobs.push(all_of(place, tags, ask)?);
        }
        for tag in [rare, common] {
            jobs.push(any_of_name(place, tag, ask)?);
        }
        jobs.push(version_tag(place, ask)?);
        jobs.push(version_array(place, ask)?);
        jobs.push(traces::tagged(place, common, ask)?);
        jobs.push(text_match::pipeline(place, ask)?);
    }
    Ok(Jobs {
        sessions: place.sessions,
        jobs,
    })
}
