"""The flow: thin nodes that call the library."""
