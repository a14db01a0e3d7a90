"""Vestibule: the front hall of a B2B application."""
