"""A small IMAP4rev1 server for tests: LOGIN, SELECT, UID SEARCH, FETCH and STORE, LOGOUT, over one mailbox."""

import re
import socketserver
import threading
from typing import Self


class ImapServer:
    """The server, for a `with` block: put mails in, see which are marked as read."""

    def __init__(self, user: str = "bounces", password: str = "secret") -> None:
        self.mails: dict[int, bytes] = {}
        self.seen: set[int] = set()
        self.logins = 0
        server = self

        class Handler(socketserver.StreamRequestHandler):
            """One connection."""

            def _say(self, line: str) -> None:
                self.wfile.write(line.encode() + b"\r\n")

            def handle(self) -> None:
                """Answer commands until LOGOUT."""
                self._say("* OK IMAP4rev1 ready")
                while line := self.rfile.readline().decode().strip():
                    tag, _, command = line.partition(" ")
                    verb = command.upper()
                    if verb.startswith("CAPABILITY"):
                        self._say("* CAPABILITY IMAP4rev1")
                    elif verb.startswith("LOGIN"):
                        given = re.sub('"', "", command).split()[1:]
                        if given != [user, password]:
                            self._say(f"{tag} NO wrong credentials")
                            continue
                        server.logins += 1
                    elif verb.startswith("SELECT"):
                        if "INBOX" not in verb:
                            self._say(f"{tag} NO no such mailbox")
                            continue
                        self._say(f"* {len(server.mails)} EXISTS")
                    elif verb.startswith("UID SEARCH UNSEEN"):
                        found = " ".join(str(uid) for uid in sorted(server.mails.keys() - server.seen))
                        self._say(f"* SEARCH {found}".rstrip())
                    elif verb.startswith("UID FETCH"):
                        uid = int(command.split()[2])
                        raw = server.mails[uid]
                        self._say(f"* {uid} FETCH (UID {uid} BODY[]<0> {{{len(raw)}}}")
                        self.wfile.write(raw + b")\r\n")
                    elif verb.startswith("UID STORE"):
                        server.seen |= {int(uid) for uid in command.split()[2].split(",")}
                    elif verb.startswith("LOGOUT"):
                        self._say("* BYE")
                        self._say(f"{tag} OK done")
                        return
                    else:
                        self._say(f"{tag} BAD what?")
                        continue
                    self._say(f"{tag} OK done")

        self._server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.port = self._server.server_address[1]
        self.url = f"imap://{user}:{password}@127.0.0.1:{self.port}/INBOX"
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02})

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def put(self, raw: bytes) -> int:
        """A new mail; its number."""
        uid = len(self.mails) + 1
        self.mails[uid] = raw
        return uid
