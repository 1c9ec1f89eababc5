-- The same in the order of the design document (4.2): the most selective first, by its list of filters.
s.status = $3 AND s.platform = $4 AND UPPER(s.external_id::text) LIKE UPPER($2)
