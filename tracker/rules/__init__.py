"""The rules of supervision as pure functions of their arguments: no database, no clock, no Django."""
