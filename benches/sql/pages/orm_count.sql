-- The length of the listing as the ORM asks for it, in a statement of its own; today and in the design document alike.
-- $1 team.
SELECT COUNT(*) AS count FROM experiments_experimentsession s WHERE s.team_id = $1
