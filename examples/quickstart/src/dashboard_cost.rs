//! The same dashboard in three ways: the same numbers, and what each way costs.

use std::error::Error;

use pagewise::Strategy;
use pagewise::chat::dashboard::{Dashboard, DashboardData, DashboardStatement, Panel};
use postgres::Client;

use crate::explain::{Cost, explain};
use crate::progress::Progress;

/// What a way costs.
pub struct Way {
    /// Which.
    pub name: &'static str,
    /// How many statements it takes.
    pub statements: usize,
    /// What they cost together.
    pub cost: Cost,
}

/// Fetches the dashboard in all ways, which must give the same, then runs each under `EXPLAIN`.
pub fn compare(
    client: &mut Client,
    dashboard: &Dashboard,
) -> Result<(DashboardData, Vec<Way>), Box<dyn Error>> {
    let whole = dashboard.build()?;
    let legacy = dashboard.clone().strategy(Strategy::Legacy).build()?;
    let panels = Panel::ALL.map(|panel| dashboard.clone().visible([panel]).build());
    let panels = panels.into_iter().collect::<Result<Vec<_>, _>>()?;

    let mut progress = Progress::new("measuring");
    progress.begin("measuring the dashboard", 100.0);
    let data = whole.fetch(client)?;
    if rounded(data.clone()) != rounded(legacy.fetch(client)?) {
        return Err("the two ways give different numbers: this is a bug of pagewise".into());
    }
    let ways = [
        ("each number and each panel by itself", vec![legacy]),
        ("each panel by itself", panels),
        ("the whole dashboard", vec![whole]),
    ];
    let ways = ways
        .into_iter()
        .map(|(name, made_of)| Way::measure(client, name, &made_of));
    Ok((data, ways.collect::<Result<_, _>>()?))
}

impl Way {
    fn measure(
        client: &mut Client,
        name: &'static str,
        made_of: &[DashboardStatement],
    ) -> Result<Way, Box<dyn Error>> {
        let mut way = Way {
            name,
            statements: 0,
            cost: Cost {
                planning: 0.0,
                execution: 0.0,
                buffers: 0,
            },
        };
        for statement in made_of.iter().flat_map(DashboardStatement::statements) {
            let cost = explain(client, statement)?;
            way.statements += 1;
            way.cost.planning += cost.planning;
            way.cost.execution += cost.execution;
            way.cost.buffers += cost.buffers;
        }
        Ok(way)
    }
}

/// Means of the same values may differ in their last digit, by the order in which they are added up.
fn rounded(mut data: DashboardData) -> DashboardData {
    for bot in data
        .bot_performance
        .iter_mut()
        .flat_map(|table| &mut table.bots)
    {
        bot.avg_session_duration = (bot.avg_session_duration * 1e6).round() / 1e6;
    }
    data
}
