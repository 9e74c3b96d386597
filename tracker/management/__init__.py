"""Commands of the command line: thin, over the use cases."""
