"""What is known: rules, records and the only home of SQL."""
