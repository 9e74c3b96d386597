"""Figures and views of the stored data for people: overview, timeline, deadlines in words, the source of a measure."""
