-- Part {days}: the three charts from `g`, which has a row for each chat and day: its session and its human and ai messages.
SELECT g.day, count(DISTINCT g.participant_id) FILTER (WHERE g.human > 0) AS participants, count(g.session_id) AS sessions,
  sum(g.human)::bigint AS human, sum(g.ai)::bigint AS ai
FROM g GROUP BY 1 ORDER BY 1
