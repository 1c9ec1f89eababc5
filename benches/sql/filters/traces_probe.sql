-- By hand: row by row, by the indexes alone.
(EXISTS (SELECT 1 FROM annotations_customtaggeditem v
   WHERE v.content_type_id = $3 AND v.object_id = s.input_message_id AND v.tag_id = ANY({own}) AND v.team_id = $1 OFFSET 0)
 OR EXISTS (SELECT 1 FROM annotations_customtaggeditem v
   WHERE v.content_type_id = $3 AND v.object_id = s.output_message_id AND v.tag_id = ANY({own}) AND v.team_id = $1 OFFSET 0))
