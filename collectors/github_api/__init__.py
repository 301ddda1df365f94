"""GitHub's API as several sources use it: the client, REST and GraphQL requests, and files of repositories."""
