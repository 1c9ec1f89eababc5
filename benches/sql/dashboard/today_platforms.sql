-- Channel breakdown: the platforms that the team has channels of.
SELECT DISTINCT h.platform FROM channels_experimentchannel h WHERE NOT h.deleted AND h.team_id = $1
