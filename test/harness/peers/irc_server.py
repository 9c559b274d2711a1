"""The IRC server of the package `irc`, made to behave as the servers of real networks do."""

import select
import threading

import irc.server

TURN = threading.RLock()
# RFC 2812, 3.1: what a client may say before it has a name.
UNREGISTERED = {"CAP", "NICK", "PASS", "PING", "QUIT", "USER"}


# How long what others have said may wait; seconds.
PAUSE = 0.02


class Client(irc.server.IRCClient):
    def _handle_one(self):
        # Whoever asks whether it may write never waits, and keeps a processor busy.
        heard, _, _ = select.select([self.request], [], [], PAUSE)
        with TURN:
            waiting, self.send_queue = self.send_queue, []
        for line in waiting:
            self._send(line)
        if heard:
            self._handle_incoming()

    def _handle_line(self, line):
        # Each client has a thread of its own, and they change what others are reading.
        with TURN:
            command = line.partition(" ")[0].upper()
            if self.nick is None and command not in UNREGISTERED:
                self._send(f":{self.server.servername} 451 * :You have not registered")
            else:
                super()._handle_line(line)

    def finish(self):
        with TURN:
            super().finish()

    def handle_cap(self, params):
        """Answers at once: whoever asks a server that does not know CAP waits for ten seconds."""
        if params.upper().startswith("LS"):
            return f":{self.server.servername} CAP * LS :server-time"
        return None

    def handle_join(self, params):
        """Servers ignore a JOIN of a channel where the client is, which heisenbridge sends two seconds after each coming."""
        names, _, keys = params.partition(" ")
        new = [name for name in names.split(",") if name.strip() not in self.channels]
        return super().handle_join(" ".join(filter(None, [",".join(new), keys]))) if new else None


irc.server.IRCClient = Client
main = irc.server.main
