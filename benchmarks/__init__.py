"""Measuring Vestibule by hand: `python -m benchmarks.scim`, `.servers` and `.hotpaths`; see README.md here."""
