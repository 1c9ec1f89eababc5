//! The list of chatbots.

use pagewise::catalog::Catalog;
use pagewise::chat::{self, Experiment};
use pagewise::{Listing, Page};
use postgres::Client;

use crate::by_hand::{At, chatbots_by_orm, sql};
use crate::index_sets::{Indexes, OF_CHATBOTS};
use crate::ours;
use crate::place::{Place, Team};
use crate::report::job::{Candidate, Job, Way};
use crate::report::{Fallible, SIZE};

/// What is sorted by, and by whose definition of it.
#[derive(Clone, Copy)]
enum Sorted {
    /// The last trace, as the design document has it.
    Trace,
    /// The number of sessions, as the design document has it.
    AllSessions,
    /// The last activity of a participant, as the origin has it today.
    Activity,
    /// The number of sessions without evaluations, as the origin has it today.
    Sessions,
}

impl Sorted {
    const ALL: [Self; 4] = [
        Self::Trace,
        Self::AllSessions,
        Self::Activity,
        Self::Sessions,
    ];

    const fn key(self) -> &'static str {
        match self {
            Self::Trace => "trace",
            Self::AllSessions => "all_sessions",
            Self::Activity => "activity",
            Self::Sessions => "sessions",
        }
    }

    const fn name(self) -> &'static str {
        match self {
            Self::Trace => "chatbots by last activity, as proposed",
            Self::AllSessions => "chatbots by session count, as proposed",
            Self::Activity => "chatbots by last activity, as today",
            Self::Sessions => "chatbots by session count, as today",
        }
    }

    const fn is_of_today(self) -> bool {
        matches!(self, Self::Activity | Self::Sessions)
    }

    const fn is_by_time(self) -> bool {
        matches!(self, Self::Trace | Self::Activity)
    }

    /// What the ORM's statements call it.
    const fn in_orm(self) -> &'static str {
        match self {
            Self::Trace | Self::Activity => "last_activity",
            Self::AllSessions | Self::Sessions => "session_count",
        }
    }

    /// The related rows.
    const fn related(self) -> &'static str {
        match self {
            Self::Trace => "trace_trace x WHERE x.team_id = $1",
            Self::AllSessions => "experiments_experimentsession x WHERE x.team_id = $1",
            Self::Activity | Self::Sessions => {
                "experiments_experimentsession x WHERE x.team_id = $1 AND x.platform IS DISTINCT FROM 'evaluations'"
            }
        }
    }

    const fn aggregate(self) -> &'static str {
        match self {
            Self::Trace => "max(x.\"timestamp\")",
            Self::Activity => "max(x.last_activity_at)",
            Self::AllSessions | Self::Sessions => "count(*)",
        }
    }

    /// By hand: its value for each chatbot, and what is joined for that.
    fn by_hand(self) -> [(&'static str, String, String); 2] {
        let (aggregate, related) = (self.aggregate(), self.related());
        let mut probe = format!("(SELECT {aggregate} FROM {related} AND x.experiment_id = e.id)");
        if let Self::Activity = self {
            // Else the planner goes down the team's newest activities for each chatbot, until one is the chatbot's.
            let fenced = format!(
                "SELECT x.last_activity_at FROM {related} AND x.experiment_id = e.id OFFSET 0"
            );
            probe = format!("(SELECT {aggregate} FROM ({fenced}) x)");
        }
        let grouped = match self {
            Self::Trace | Self::Activity => "k.value",
            Self::AllSessions | Self::Sessions => "coalesce(k.value, 0)",
        };
        let joined = format!(
            "LEFT JOIN (SELECT x.experiment_id, {aggregate} AS value FROM {related} GROUP BY x.experiment_id) k ON k.experiment_id = e.id"
        );
        [
            ("probe", probe, String::new()),
            ("grouped", grouped.to_owned(), joined),
        ]
    }

    fn listing(self, team: Team) -> Listing<Experiment> {
        let listing = chat::chatbots()
            .tenant(team.id)
            .show((Experiment::NAME, Experiment::DESCRIPTION));
        let (traces, numbers) = (chat::chatbot_trace_numbers(), chat::chatbot_numbers());
        let order = match self {
            Self::Trace => traces.last_trace.desc(),
            Self::AllSessions => traces.all_sessions.desc(),
            Self::Activity => numbers.last_activity.desc(),
            Self::Sessions => numbers.sessions.desc(),
        };
        let listing = match self.is_of_today() {
            true => listing.show(&numbers),
            false => listing.show(&traces),
        };
        listing.order_by(order)
    }
}

/// The first page and the last full one, under each set of indexes.
pub fn all(client: &mut Client, place: &Place) -> Fallible<Vec<Job>> {
    let team = place.large;
    let size = u64::from(SIZE);
    let full = (team.chatbots / size).saturating_sub(1) * size;
    let mut jobs = Vec::new();
    for indexes in OF_CHATBOTS {
        let catalog = &indexes.catalog(client)?;
        for sorted in Sorted::ALL {
            let offsets = [0, full];
            // By a count the deep page is not asked for; a short list has none.
            let pages = if sorted.is_by_time() && full > 0 {
                2
            } else {
                1
            };
            for offset in offsets.into_iter().take(pages) {
                let at = At {
                    team: team.id,
                    offset,
                };
                jobs.push(page(sorted, team, at, indexes, catalog)?);
            }
        }
    }
    Ok(jobs)
}

fn page(sorted: Sorted, team: Team, at: At, indexes: Indexes, catalog: &Catalog) -> Fallible<Job> {
    let (key, place) = match at.offset {
        0 => ("first", "first page".to_owned()),
        offset => ("deep", format!("OFFSET {offset}")),
    };
    let listing = sorted.listing(team).page(Page::offset(at.offset, SIZE));
    let ours = ours::candidates(&listing, catalog, true)?;
    let order = sorted.in_orm();
    let mut candidates = match sorted.is_of_today() {
        true => chatbots_by_orm(Way::Today, sql!("chatbots_today"), order, at),
        false => chatbots_by_orm(Way::Proposed, sql!("chatbots_proposed"), order, at),
    };
    candidates.extend(ours.candidates);
    let shell = match sorted.is_of_today() {
        true => sql!("chatbots_page"),
        false => sql!("chatbots_page_of_traces"),
    };
    candidates.extend(sorted.by_hand().map(|(form, value, joined)| {
        let source = shell
            .replace("{value}", &value)
            .replace("{joined}", &joined);
        Candidate::by_hand(form, [at.query(&source)])
    }));
    Ok(Job {
        key: format!("chatbots_{}_{}_{key}", sorted.key(), indexes.key()),
        title: format!("{}, {}, {place}", sorted.name(), indexes.name()),
        candidates,
        notes: ours.notes,
        before: Some(indexes.before()),
        ..Job::default()
    })
}
