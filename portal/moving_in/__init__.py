"""Moving in: what an export of another product means, and making it true here. One reader per product, one shape, one writer."""
