"""The shop's orders on their way into the warehouse."""
