"""Run by test_space.py inside an empty network: starts the app as user 1000, asks it, prints what it found as JSON."""

import fcntl
import json
import os
import socket
import struct
import subprocess
import sys
import time
import urllib.request

PORT = 7860
QUESTION = "How much did he cut online PS consumption at TikTok?"
SIOCSIFFLAGS, UP_LOOPBACK_RUNNING = 0x8914, 0x1 | 0x8 | 0x40


def loopback_up():
    with socket.socket() as one:
        fcntl.ioctl(one, SIOCSIFFLAGS, struct.pack("16sh", b"lo", UP_LOOPBACK_RUNNING))


def has_network():
    with socket.socket() as one:
        one.settimeout(2)
        return one.connect_ex(("1.1.1.1", 443)) == 0


def get(path, body=None):
    data = json.dumps(body).encode() if body is not None else None
    request = urllib.request.Request(f"http://127.0.0.1:{PORT}{path}", data, {"Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=60) as reply:
        return reply.read().decode()


def ask():
    event = json.loads(get("/gradio_api/call/ask", {"data": [QUESTION, []]}))["event_id"]
    lines = get(f"/gradio_api/call/ask/{event}").splitlines()
    return json.loads(next(line for line in lines if line.startswith("data: "))[6:])[0]


def written(home, since):
    """Names of the folders beside and of the app in which something was written."""
    changed = set()
    for folder, _, files in os.walk(os.path.dirname(home)):
        newer = any(os.stat(os.path.join(folder, name)).st_mtime > since for name in files)
        if newer:
            changed.add(os.path.relpath(folder, os.path.dirname(home)).split(os.sep)[0])
    return sorted(changed)


def main(home, data):
    loopback_up()
    os.setgroups([])
    os.setgid(1000)
    os.setuid(1000)
    begun = time.time()
    environment = {**os.environ, "SYSTEM": "spaces", "SPACE_ID": "someone/askme", "ASKME_DATA_DIR": data}
    app = subprocess.Popen([sys.executable, "app.py"], cwd=home, env=environment, stdout=sys.stderr, stderr=sys.stderr)
    try:
        while True:
            try:
                health = json.loads(get("/healthz"))
                break
            except OSError:
                if app.poll() is not None or time.time() - begun > 120:
                    sys.exit("the app does not serve")
                time.sleep(0.2)
        found = {"uid": os.getuid(), "network": has_network(), "health": health, "answer": ask()}
        sys.stdout.write(json.dumps({**found, "written": written(home, begun)}) + "\n")
    finally:
        app.terminate()
        app.wait(20)


main(*sys.argv[1:])
