"""The guides for each identity provider, as data: one folder each, and the code that reads, checks and words them."""
