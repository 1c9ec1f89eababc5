-- By hand: the traces whose messages have a tag first.
s.id IN (
  SELECT x.id FROM annotations_customtaggeditem v
  JOIN trace_trace x ON x.input_message_id = v.object_id AND x.team_id = $1
  WHERE v.content_type_id = $3 AND v.team_id = $1 AND v.tag_id = ANY({wanted}) AND v.tag_id = ANY({own})
  UNION
  SELECT x.id FROM annotations_customtaggeditem v
  JOIN trace_trace x ON x.output_message_id = v.object_id AND x.team_id = $1
  WHERE v.content_type_id = $3 AND v.team_id = $1 AND v.tag_id = ANY({wanted}) AND v.tag_id = ANY({own}))
