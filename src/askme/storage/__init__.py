"""SQLite, Redis, and leaving alone what has failed.

`sqlite` is what any SQLite file needs, and one that may be lost; `redis` a connection that may be missing.
`circuit_breaker` tells whether a server may be asked, `addresses` reads the addresses of servers. May import:
`errors`. Begin with `sqlite`.
"""
