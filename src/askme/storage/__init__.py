"""SQLite, Redis, and leaving alone what has failed.

`sqlite` is what any SQLite file needs, and one that may be lost; `private_files` keeps others from reading it.
`redis` is a connection that may be missing, `circuit_breaker` tells whether a server may be asked, `addresses` reads
those of servers. May import: `errors`. Begin with `sqlite`.
"""
