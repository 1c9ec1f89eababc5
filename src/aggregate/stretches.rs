//! All stretches of time of a window, whether there are rows in them or not.

use sea_query::{Expr, ExprTrait, Func, IntoIden, Query, SelectStatement};

use crate::aggregate::bucket::Bucket;
use crate::aggregate::window::Window;
use crate::error::Error;
use crate::render::START;
use crate::schema::SqlType;
use crate::time_zone::TimeZone;

/// The finest steps by which the clocks of the world are apart, in minutes.
const FINEST: u8 = 15;

/// `SELECT start FROM generate_series(..)`: the beginning of each stretch of which an instant is in the window.
///
/// Days, weeks and months are counted on the calendar, and then placed in time: a day that was left out, since a country
/// crossed the date line, is none. Parts of hours are counted in time: the hour that comes twice is two.
pub(crate) fn stretches(
    bucket: Bucket,
    zone: &TimeZone,
    window: &Window,
) -> Result<SelectStatement, Error> {
    const STEP: &str = "step";
    let name = || Expr::val(zone.name());
    let instant =
        |at: chrono::DateTime<chrono::Utc>| Expr::Value(at.into_value()).cast_as("timestamptz");
    let start = || instant(window.start());
    let end = || instant(window.end());
    let last = || end().sub(Expr::cust("INTERVAL '1 microsecond'"));
    let local = |at: Expr| Expr::from(Func::cust("timezone").args([name(), at]));
    let step = || Expr::col(STEP);

    let mut select = Query::select();
    if bucket.is_of_clock() {
        // Steps so fine that each stretch has one, also where the clock is put back by half an hour.
        let minutes = match bucket {
            Bucket::Minutes(minutes) => common_divisor(minutes, FINEST),
            _ => FINEST,
        };
        let by = Expr::cust(format!("INTERVAL '{minutes} minutes'"));
        let steps = Func::cust("generate_series").args([bucket.start(start(), zone)?, last(), by]);
        // What begins before the window may be placed in the stretch before: half an hour that comes twice is placed, the
        // second time, where the first one was.
        let within = Func::greatest([step(), start()]);
        select
            .distinct()
            .expr_as(bucket.start(within.into(), zone)?, START)
            .from_function(steps, STEP.into_iden())
            .and_where(start().lt(end()));
    } else {
        let by = Expr::cust(format!("INTERVAL '{}'", bucket.interval()?));
        let first =
            Func::cust("date_trunc").args([Expr::Constant(bucket.word().into()), local(start())]);
        let steps = Func::cust("generate_series").args([first.into(), local(last()), by]);
        let placed = || local(step());
        select
            .expr_as(placed(), START)
            .from_function(steps, STEP.into_iden())
            .and_where(start().lt(end()));
        if bucket == Bucket::Day {
            let is_there = local(placed()).cast_as("date").eq(step().cast_as("date"));
            select.and_where(is_there);
        }
    }
    Ok(select)
}

fn common_divisor(a: u8, b: u8) -> u8 {
    match b {
        0 => Ord::max(a, 1),
        b => common_divisor(b, a % b),
    }
}
