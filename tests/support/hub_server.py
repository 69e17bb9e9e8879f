"""A server on loopback that speaks as much of the Hugging Face hub's HTTP API as the keeping of a journal needs.

with HubServer() as hub:
    keep_in_dataset(journal, "me/journal", TOKEN, endpoint=hub.url)
    hub.files("me/journal")

Made after what huggingface_hub 2.4 sends and reads; a real hub would also send small files by way of LFS or Xet when
its `.gitattributes` say so, which the library does by itself.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import unquote, urlsplit

_DATASET = re.compile(r"/(?:api/)?(?:datasets|spaces)/([^/]+/[^/]+)(/.*)?")
SHA = "0" * 40


@dataclass
class Dataset:
    """Files as they are now, and how many commits, squashes and requests there were."""

    private: bool = True
    files: dict[str, bytes] = field(default_factory=dict)
    commits: int = 0
    squashes: int = 0


class HubServer(ThreadingHTTPServer):
    """Serves while entered. `refuse` is the status of every answer while it isn't 0."""

    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), _Handler)
        self.url = f"http://127.0.0.1:{self.server_port}"
        self.datasets: dict[str, Dataset] = {}
        self.tokens: set[str] = set()
        self.asked: list[str] = []
        self.refuse = 0
        self.committed = threading.Condition()

    def __enter__(self):
        threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        return self

    def __exit__(self, *error):
        self.shutdown()
        self.server_close()

    def files(self, dataset):
        """Return the texts of a dataset's files."""
        return {name: content.decode() for name, content in self.datasets[dataset].files.items()}

    def wait_for(self, met, seconds=30):
        """Wait until something is so after a commit."""
        with self.committed:
            assert self.committed.wait_for(met, seconds), self.asked


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: HubServer

    def handle_any(self):
        path, length = unquote(urlsplit(self.path).path), int(self.headers.get("Content-Length") or 0)
        body = self._chunks() if "chunked" in self.headers.get("Transfer-Encoding", "") else self.rfile.read(length)
        self.server.asked.append(f"{self.command} {path}")
        self.server.tokens.add(self.headers.get("Authorization", ""))
        if self.server.refuse:
            said = {"error": f"no: {self.headers.get('Authorization')}"}
            return self._say(said, self.server.refuse)
        if path == "/api/validate-yaml":
            return self._say({"errors": [], "warnings": []})
        if path == "/api/repos/create":
            return self._create(json.loads(body))
        name, rest = _DATASET.fullmatch(path).groups()
        dataset = self.server.datasets.get(name)
        if dataset is None:
            return self._say({"error": "Repository not found"}, 404, {"X-Error-Code": "RepoNotFound"})
        return self._answer(name, dataset, rest or "", body)

    do_GET = do_POST = do_HEAD = handle_any

    def _chunks(self):
        body = b""
        while size := int(self.rfile.readline(), 16):
            body += self.rfile.read(size)
            self.rfile.readline()
        self.rfile.readline()
        return body

    def _create(self, asked):
        name = f"{asked['organization']}/{asked['name']}"
        told = {"url": f"{self.server.url}/datasets/{name}"}
        if name in self.server.datasets:
            return self._say(told | {"error": "You already created this dataset repo"}, 409)
        self.server.datasets[name] = Dataset(asked.get("visibility") == "private")
        return self._say(told)

    def _answer(self, name, dataset, rest, body):
        if rest == "" or rest.startswith("/revision/"):
            siblings = [{"rfilename": file} for file in dataset.files]
            return self._say({"id": name, "sha": SHA, "private": dataset.private, "siblings": siblings, "tags": []})
        if rest.startswith("/tree/main"):
            return self._say([_entry(file, content) for file, content in dataset.files.items()])
        if rest.startswith("/preupload/"):
            files = json.loads(body)["files"]
            told = [{"path": f["path"], "uploadMode": "regular", "shouldIgnore": False} for f in files]
            return self._say({"files": told})
        if rest.startswith("/super-squash/"):
            dataset.squashes += 1
            return self._say({})
        if rest.startswith("/commit/"):
            return self._commit(name, dataset, body)
        return self._file(dataset, rest)

    def _commit(self, name, dataset, body):
        with self.server.committed:
            for line in map(json.loads, body.splitlines()):
                if line["key"] == "file":
                    dataset.files[line["value"]["path"]] = base64.b64decode(line["value"]["content"])
                elif line["key"] == "deletedFile":
                    del dataset.files[line["value"]["path"]]
            dataset.commits += 1
            self.server.committed.notify_all()
        self._say({"commitUrl": f"{self.server.url}/datasets/{name}/commit/{SHA}", "commitOid": SHA, "success": True})

    def _file(self, dataset, rest):
        content = dataset.files.get(rest.removeprefix("/resolve/main/"))
        if content is None:
            return self._say({"error": "Entry not found"}, 404, {"X-Error-Code": "EntryNotFound"})
        return self._send(content, 200, {"ETag": f'"{hashlib.sha1(content).hexdigest()}"', "X-Repo-Commit": SHA})

    def _say(self, told, status=200, headers=None):
        self._send(json.dumps(told).encode(), status, {"Content-Type": "application/json"} | (headers or {}))

    def _send(self, content, status, headers):
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)

    def log_message(self, *_):
        pass


def _entry(file, content):
    return {"type": "file", "path": file, "size": len(content), "oid": hashlib.sha1(content).hexdigest()}
