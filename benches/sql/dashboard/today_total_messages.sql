-- Overview: turns of conversations.
SELECT COUNT(*) AS count {messages} AND m.message_type IN ('human', 'ai')
