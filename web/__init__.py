"""The web process: chat gateway, staff API, pages. The only one that visitors reach."""
