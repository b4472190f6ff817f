"""People who open studies in the viewer: a browser, the login before it, and a day's way through both."""
