"""SQLite, Redis, and leaving alone what has failed.

`sqlite` is a small file that survives damage, `private_files` keeps others from reading it, `redis` a connection that
may be missing, `circuit_breaker` tells whether a server may be asked, `addresses` reads those of servers. May import:
`errors`. Begin with `sqlite`.
"""
