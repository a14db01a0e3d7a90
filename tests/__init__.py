"""The suite: folders mirror `portal/`."""
