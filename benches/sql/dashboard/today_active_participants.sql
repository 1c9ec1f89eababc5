-- Overview: participants who wrote.
SELECT COUNT(DISTINCT s.participant_id) AS n {messages} AND m.message_type = 'human'
