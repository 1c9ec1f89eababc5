//! Sessions by their last message.

use chrono::{DateTime, Utc};
use pagewise::catalog::Catalog;
use pagewise::chat::{self, Chat, Experiment, MessageTimestamps, Participant, Session};
use pagewise::{Cursor, Listing, Page};
use postgres::Client;
use sea_query::Value;

use crate::by_hand::{At, sessions_after, sessions_around, sql};
use crate::index_sets::Indexes;
use crate::kept;
use crate::ours::{self, Ours};
use crate::place::{Place, Team};
use crate::report::job::{Candidate, Job, Query, Way};
use crate::report::rows::last_rows;
use crate::report::{Fallible, SIZE};

/// A row, by what it is sorted by.
struct Row {
    value: DateTime<Utc>,
    id: i64,
}

/// Where the middle page begins.
fn middle(team: Team) -> u64 {
    team.sessions / 2
}

/// By the value that is computed.
pub fn by_last_message(client: &mut Client, place: &Place) -> Fallible<Vec<Job>> {
    let indexes = Indexes::Origin;
    let catalog = &indexes.catalog(client)?;
    let mut jobs = vec![
        first(place.large, catalog)?,
        first(place.middle, catalog)?,
        first(place.tiny, catalog)?,
        old(client, place.large, catalog)?,
        offset(place.large, catalog)?,
        keyset(client, place.large, catalog)?,
        last(place.large, catalog)?,
    ];
    for job in &mut jobs {
        job.before = Some(indexes.before());
    }
    Ok(jobs)
}

/// By the value that is kept. The jobs change the data: they are the last ones.
pub fn by_kept(client: &mut Client, place: &Place) -> Fallible<Vec<Job>> {
    let catalog = &Indexes::Origin.catalog(client)?;
    let team = place.large;
    let listing = kept_page(team);
    let page = |key: &str, title: &str, page, at: At, best: Query| {
        let ours = ours::candidates(&listing.clone().page(page), catalog, true)?;
        let mut candidates = vec![
            Candidate::new(Way::Today, [at.query(sql!("sessions_today_by_kept"))]),
            Candidate::new(Way::Proposed, [at.query(sql!("sessions_proposed"))]),
        ];
        candidates.extend(ours.candidates);
        candidates.push(Candidate::by_hand("NULL apart", [best]));
        Ok::<_, Box<dyn std::error::Error>>(Job {
            key: format!("kept_{key}"),
            title: format!("sessions by the kept last message, {title}"),
            candidates,
            notes: ours.notes,
            before: Some(kept::last_message),
            ..Job::default()
        })
    };
    let at = |offset| At {
        team: team.id,
        offset,
    };
    let row = before(client, team, middle(team))?;
    let cursor = cursor(&listing, &row)?;
    let parameters = vec![team.id.into(), row.value.into(), row.id.into()];
    let mut jobs = vec![
        page(
            "first",
            "first page",
            Page::first(SIZE),
            at(0),
            sessions_around(sql!("page_by_kept"), at(0)),
        )?,
        page(
            "keyset",
            &format!("in the middle, by keyset (after {} rows)", middle(team)),
            Page::after(cursor, SIZE),
            at(middle(team)),
            sessions_after(sql!("page_after_by_kept"), parameters),
        )?,
        page(
            "last",
            "last page",
            Page::last(SIZE),
            at(team.sessions - u64::from(SIZE)),
            sessions_around(sql!("page_last_by_kept"), at(0)),
        )?,
    ];
    if let Some(last) = jobs.last_mut() {
        from_the_end(&mut last.candidates);
    }
    Ok(jobs)
}

fn first(team: Team, catalog: &Catalog) -> Fallible<Job> {
    let at = At {
        team: team.id,
        offset: 0,
    };
    let ours = ours::candidates(&page(team).page(Page::first(SIZE)), catalog, true)?;
    let by_hand = [
        ("probe", sql!("page_by_probe")),
        ("grouped", sql!("page_by_grouped")),
        ("walk", sql!("page_by_walk")),
    ];
    let by_hand = by_hand.map(|(form, page)| (form, sessions_around(page, at)));
    let by_hand = by_hand.into_iter().collect();
    Ok(job("first", "first page", team, orm(at), ours, by_hand))
}

/// The older half of the sessions: statistics know that it is half of them, not that none of them has new messages.
fn old(client: &mut Client, team: Team, catalog: &Catalog) -> Fallible<Job> {
    let row = client.query_one(
        "SELECT percentile_disc(0.5) WITHIN GROUP (ORDER BY created_at) FROM experiments_experimentsession WHERE team_id = $1",
        &[&team.id],
    )?;
    let middle: DateTime<Utc> = row.get(0);
    let listing = page(team)
        .filter(Session::CREATED_AT.lt(middle))
        .page(Page::first(SIZE));
    let ours = ours::candidates(&listing, catalog, true)?;
    let title = "first page of the older half";
    Ok(job("old", title, team, Vec::new(), ours, Vec::new()))
}

fn offset(team: Team, catalog: &Catalog) -> Fallible<Job> {
    let at = At {
        team: team.id,
        offset: middle(team),
    };
    let listing = page(team).page(Page::offset(at.offset, SIZE));
    let ours = ours::candidates(&listing, catalog, true)?;
    let by_hand = [
        ("probe", sql!("page_by_probe")),
        ("grouped", sql!("page_by_grouped")),
    ];
    let by_hand = by_hand.map(|(form, page)| (form, sessions_around(page, at)));
    let title = format!("in the middle, by OFFSET {}", at.offset);
    let by_hand = by_hand.into_iter().collect();
    Ok(job("offset", &title, team, orm(at), ours, by_hand))
}

fn keyset(client: &mut Client, team: Team, catalog: &Catalog) -> Fallible<Job> {
    let at = At {
        team: team.id,
        offset: middle(team),
    };
    let row = before(client, team, at.offset)?;
    let listing = page(team);
    let cursor = cursor(&listing, &row)?;
    let ours = ours::candidates(&listing.page(Page::after(cursor, SIZE)), catalog, true)?;
    let parameters: Vec<Value> = vec![team.id.into(), row.value.into(), row.id.into()];
    let by_hand = vec![(
        "probe",
        sessions_after(sql!("page_after_by_probe"), parameters),
    )];
    let title = format!("in the middle, by keyset (after {} rows)", at.offset);
    // The ORM knows no keysets: its OFFSET stands for them.
    Ok(job("keyset", &title, team, orm(at), ours, by_hand))
}

fn last(team: Team, catalog: &Catalog) -> Fallible<Job> {
    let at = At {
        team: team.id,
        offset: team.sessions - u64::from(SIZE),
    };
    let ours = ours::candidates(&page(team).page(Page::last(SIZE)), catalog, true)?;
    let first = At { offset: 0, ..at };
    let by_hand = vec![("probe", sessions_around(sql!("page_last_by_probe"), first))];
    let mut job = job("last", "last page", team, orm(at), ours, by_hand);
    from_the_end(&mut job.candidates);
    Ok(job)
}

fn job(
    key: &str,
    title: &str,
    team: Team,
    orm: Vec<Candidate>,
    ours: Ours,
    by_hand: Vec<(&'static str, Query)>,
) -> Job {
    let mut candidates = orm;
    candidates.extend(ours.candidates);
    let by_hand = by_hand.into_iter();
    candidates.extend(by_hand.map(|(form, query)| Candidate::by_hand(form, [query])));
    Job {
        key: format!("message_{}_{key}", team.key),
        title: format!("sessions by last message, {}, {title}", team.name),
        candidates,
        notes: ours.notes,
        ..Job::default()
    }
}

fn orm(at: At) -> Vec<Candidate> {
    vec![
        Candidate::new(Way::Today, [at.query(sql!("sessions_today"))]),
        Candidate::new(Way::Proposed, [at.query(sql!("sessions_proposed"))]),
    ]
}

/// Pages that are read from their end have the row too many at their beginning.
fn from_the_end(candidates: &mut [Candidate]) {
    for candidate in candidates {
        candidate.reading = Some(Box::new(last_rows));
    }
}

/// The row before the page after so many.
fn before(client: &mut Client, team: Team, rows: u64) -> Fallible<Row> {
    let messages = chat::message_timestamps();
    let listing = Listing::of(Session)
        .tenant(team.id)
        .order_by(messages.last.desc())
        .page(Page::offset(rows - 1, 1));
    let page = listing.build()?.fetch(client)?;
    let row = page.last().ok_or("the team has too few sessions")?;
    let value = row.get(&messages.last)?;
    Ok(Row {
        value: value.ok_or("the middle of the list has no messages")?,
        id: row.get(Session::ID)?,
    })
}

fn cursor(listing: &Listing<Session>, row: &Row) -> Result<Cursor, pagewise::Error> {
    let page = listing.clone().page(Page::first(SIZE)).build()?;
    page.cursor([row.value.into(), row.id.into()])
}

/// Sessions by the last message, with what its messages say.
fn page(team: Team) -> Listing<Session> {
    let messages = chat::message_timestamps();
    columns(team).show(&messages).order_by(messages.last.desc())
}

/// Sessions by the column that is kept, which then says the same.
fn kept_page(team: Team) -> Listing<Session> {
    let MessageTimestamps { first, count, .. } = chat::message_timestamps();
    columns(team)
        .show((first, Session::LAST_ACTIVITY_AT, count))
        .order_by(Session::LAST_ACTIVITY_AT.desc())
}

/// A session's columns, names of what it points at.
fn columns(team: Team) -> Listing<Session> {
    let chatbot = Session::experiment()
        .value(Experiment::NAME)
        .named("chatbot");
    let participant = Session::participant()
        .value(Participant::IDENTIFIER)
        .named("participant");
    let chat = Session::chat().value(Chat::NAME).named("chat");
    Listing::of(Session)
        .tenant(team.id)
        .show((Session::EXTERNAL_ID, Session::STATUS, Session::CREATED_AT))
        .show((chatbot, participant, chat))
}
