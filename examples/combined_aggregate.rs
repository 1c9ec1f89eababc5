//! Numbers over sets of rows: at a glance, over time, by group, for each parent; each alone, then all in one statement.
//!
//! ```text
//! cargo run --example combined_aggregate
//! ```
//!
//! With `DATABASE_URL`, what they are, too, from a database that was filled by
//! `cargo run -p pagewise-reference --example load -- $DATABASE_URL 0.01`.

use std::env;
use std::error::Error;

use chrono::TimeDelta;
use pagewise::TimeZone;
use pagewise::aggregate::{
    AggregateRow, AggregateStatement, Batch, Bucket, CombinedAggregate, GroupedListing,
    GroupedRows, Groups, Number, Part, Rows, Series, SeriesRows, Top, Values, Window,
};
use pagewise::chat::{Experiment, Message, Session};
use postgres::{Client, NoTls};

/// The end of the reference data. A service takes the time at which it is asked.
const NOW: &str = "2026-11-01T00:00:00Z";
const TEAM: i64 = 1;

fn main() -> Result<(), Box<dyn Error>> {
    let mut client = match env::var("DATABASE_URL") {
        Ok(url) => Some(Client::connect(&url, NoTls)?),
        Err(_) => None,
    };
    let activity = Activity::of(Window::before(NOW.parse()?, TimeDelta::days(14))?)?;

    title(
        "Numbers over two tables: one row. Sessions are joined to their messages once, and grouped",
    );
    let answer = run(&mut client, activity.at_a_glance().tenant(TEAM).build()?)?;
    answer
        .iter()
        .try_for_each(|row| activity.print_at_a_glance(row))?;

    title(
        "By a time of the related rows: a session counts on each day on which somebody wrote in it",
    );
    let answer = run(&mut client, activity.daily().tenant(TEAM).build()?)?;
    answer
        .iter()
        .try_for_each(|points| activity.print_daily(points))?;

    title(
        "By a time of the rows themselves, each week split by the two largest platforms and the rest",
    );
    let answer = run(&mut client, activity.weekly().tenant(TEAM).build()?)?;
    answer
        .iter()
        .try_for_each(|points| activity.print_weekly(points))?;

    title("For each value that the rows have, NULL being one");
    let answer = run(&mut client, activity.by_platform().tenant(TEAM).build()?)?;
    answer
        .iter()
        .try_for_each(|groups| activity.print_by_platform(groups))?;

    title("For each row that they belong to, those without any too, the most written to first");
    let answer = run(&mut client, activity.by_bot().tenant(TEAM).build()?)?;
    answer
        .iter()
        .try_for_each(|rows| activity.print_by_bot(rows))?;

    title("All of it in one statement: each set is found once, whoever reads it");
    let mut batch = Batch::new().tenant(TEAM);
    let at_a_glance = batch.add(activity.at_a_glance());
    let daily = batch.add(activity.daily());
    let weekly = batch.add(activity.weekly());
    let by_platform = batch.add(activity.by_platform());
    let by_bot = batch.add(activity.by_bot());
    if let Some(answer) = run(&mut client, batch.build()?)? {
        activity.print_at_a_glance(&answer.get(&at_a_glance)?)?;
        activity.print_daily(&answer.get(&daily)?)?;
        activity.print_weekly(&answer.get(&weekly)?)?;
        activity.print_by_platform(&answer.get(&by_platform)?)?;
        activity.print_by_bot(&answer.get(&by_bot)?)?;
    }
    Ok(())
}

fn title(text: &str) {
    println!("-- {text}:\n");
}

/// Prints a statement, and runs it if there is a database.
fn run<P: Part>(
    client: &mut Option<Client>,
    statement: AggregateStatement<P>,
) -> Result<Option<P::Answer>, pagewise::Error> {
    println!("{statement:#};\n");
    match client {
        Some(client) => Ok(Some(statement.fetch(client)?)),
        None => Ok(None),
    }
}

/// What is counted. Sets and numbers are declared once, and shown in whatever way is wanted.
struct Activity {
    window: Window,
    zone: TimeZone,
    /// Sessions with messages in the window, whenever they were begun.
    active: Rows<Session>,
    sessions: Number<i64>,
    completion_rate: Number<f64>,
    messages: Number<i64>,
    messages_per_session: Number<f64>,
    longest: Number<Option<i64>>,
    /// The chatbots of the active sessions.
    active_bots: Values<i64>,
    bots: Number<i64>,
    bots_in_use: Number<i64>,
    daily: Series,
    /// Sessions that were begun in the window, whether anybody wrote in it or not.
    begun: Rows<Session>,
    begun_sessions: Number<i64>,
}

impl Activity {
    fn of(window: Window) -> Result<Activity, pagewise::Error> {
        let messages = Session::messages()
            .filter(Message::CREATED_AT.within(window.range()))
            .filter(Message::MESSAGE_TYPE.any_of(["human", "ai"]));
        let message_count = messages.count();
        let active = Rows::of(Session)
            .named("active_sessions")
            .with_any(&messages);
        let sessions = active.count().named("sessions");
        // A part of the set, from the same pass: FILTER (WHERE ..).
        let ended = active.only(Session::ENDED_AT.is_not_null());
        let ended = ended.count().named("ended");
        let written = active.sum(&message_count).named("messages");

        // A set that builds on another.
        let active_bots = active.values(Session::EXPERIMENT_ID);
        let bots = Rows::of(Experiment)
            .named("chatbots")
            .filter(Experiment::WORKING_VERSION_ID.is_null())
            .filter(Experiment::IS_ARCHIVED.eq(false));
        let in_use = bots.only(Experiment::ID.is_in(&active_bots));

        let begun = Rows::of(Session)
            .named("begun_sessions")
            .filter(Session::CREATED_AT.within(window.range()));
        Ok(Activity {
            window,
            zone: "Africa/Johannesburg".parse()?,
            // One divided by the other; 0 where there is nothing to divide by.
            completion_rate: ended
                .per(&sessions, 0.0)
                .times(100.0)
                .named("completion_rate"),
            messages_per_session: written.per(&sessions, 0.0).named("messages_per_session"),
            // Of nothing there is no longest: an Option, unless `or` says what it is then.
            longest: active.max(&message_count).named("longest"),
            messages: written,
            sessions,
            bots: bots.count().named("chatbots"),
            bots_in_use: in_use.count().named("chatbots_in_use"),
            active_bots,
            daily: Series::of_related(&active, &messages, Message::CREATED_AT),
            active,
            begun_sessions: begun.count().named("begun"),
            begun,
        })
    }

    fn at_a_glance(&self) -> CombinedAggregate {
        CombinedAggregate::new()
            .numbers((&self.sessions, &self.completion_rate))
            .numbers((&self.messages, &self.messages_per_session, &self.longest))
            .numbers((&self.bots, &self.bots_in_use))
    }

    fn print_at_a_glance(&self, row: &AggregateRow) -> Result<(), pagewise::Error> {
        println!(
            "{} sessions, {:.1} % of them ended; {} messages, {:.1} for each session, {} in the longest;\n\
             {} of {} chatbots in use\n",
            row.get(&self.sessions)?,
            row.get(&self.completion_rate)?,
            row.get(&self.messages)?,
            row.get(&self.messages_per_session)?,
            row.get(&self.longest)?.unwrap_or_default(),
            row.get(&self.bots_in_use)?,
            row.get(&self.bots)?,
        );
        Ok(())
    }

    fn daily(&self) -> Series {
        self.daily
            .clone()
            .every(Bucket::Day)
            .in_zone(&self.zone)
            .zero_filled(&self.window)
            .numbers((&self.sessions, &self.messages))
    }

    fn print_daily(&self, points: &SeriesRows) -> Result<(), pagewise::Error> {
        for point in points {
            let (day, sessions) = (point.local_start()?.date(), point.get(&self.sessions)?);
            println!(
                "{day}  {sessions:>6} sessions  {:>6} messages",
                point.get(&self.messages)?
            );
        }
        println!();
        Ok(())
    }

    fn weekly(&self) -> Series {
        Series::of(&self.begun, Session::CREATED_AT)
            .every(Bucket::Week)
            .in_zone(&self.zone)
            .split_by(Session::PLATFORM, Top(2))
            .numbers(&self.begun_sessions)
    }

    fn print_weekly(&self, points: &SeriesRows) -> Result<(), pagewise::Error> {
        for point in points {
            let platform = match point.is_other()? {
                true => "other".to_owned(),
                false => named(point.get_value(Session::PLATFORM)?),
            };
            let (week, begun) = (
                point.local_start()?.date(),
                point.get(&self.begun_sessions)?,
            );
            println!("week of {week}  {platform:<12}  {begun:>6} begun");
        }
        println!();
        Ok(())
    }

    fn by_platform(&self) -> Groups {
        Groups::of(&self.active)
            .by(Session::PLATFORM)
            .numbers((&self.sessions, &self.messages_per_session))
            .order_by(self.sessions.desc())
    }

    fn print_by_platform(&self, groups: &[AggregateRow]) -> Result<(), pagewise::Error> {
        for group in groups {
            let platform = named(group.get_value(Session::PLATFORM)?);
            let (sessions, each) = (
                group.get(&self.sessions)?,
                group.get(&self.messages_per_session)?,
            );
            println!("{platform:<12}  {sessions:>6} sessions of {each:.1} messages");
        }
        println!();
        Ok(())
    }

    fn by_bot(&self) -> GroupedListing<Experiment> {
        GroupedListing::of(Experiment)
            .filter(Experiment::WORKING_VERSION_ID.is_null())
            .filter(Experiment::IS_ARCHIVED.eq(false))
            .show(Experiment::NAME)
            .numbers_by(
                &self.active_bots,
                (&self.sessions, &self.messages, &self.completion_rate),
            )
            .order_by_number(self.messages.desc())
            .limit(5)
            .with_total()
    }

    fn print_by_bot(&self, rows: &GroupedRows) -> Result<(), pagewise::Error> {
        for row in rows {
            let (id, name) = (
                row.get_value(Experiment::ID)?,
                row.get_value(Experiment::NAME)?,
            );
            println!(
                "{id:>8}  {:>6} sessions  {:>6} messages  {:>5.1} % ended  {name}",
                row.get(&self.sessions)?,
                row.get(&self.messages)?,
                row.get(&self.completion_rate)?,
            );
        }
        println!("of {} chatbots\n", rows.total().unwrap_or_default());
        Ok(())
    }
}

fn named(platform: Option<String>) -> String {
    platform.unwrap_or_else(|| "(none)".to_owned())
}
