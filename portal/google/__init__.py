"""The door to Google Workspace, where we are the one who asks: the Directory API, read by a service account or by consent."""
