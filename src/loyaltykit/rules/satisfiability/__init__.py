"""Analysis of the values that satisfy a predicate, for lint and its examples."""
