select path, conversions, conversion_value_minor, nulls from journeys order by row_seq
