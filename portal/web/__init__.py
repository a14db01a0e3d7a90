"""Habits every door shares: access, session, tenant, htmx, errors, headers."""
