"""Verbs: the one way in for every door. Rules live here and nowhere else; verbs never commit."""
