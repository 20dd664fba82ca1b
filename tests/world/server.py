"""An HTTP/1.1 server that can also misbehave: one write per answer, no
delay, connections kept alive, TLS when asked for."""

import asyncio
import socket
import struct

from message import Bad, Answer, Request, body_length, parse_head, unchunk

HEAD_LIMIT = 64 << 10
BODY_LIMIT = 16 << 20


class Connection(asyncio.Protocol):
    """One client.  Requests are answered one after the other."""

    def __init__(self, server):
        self.server = server
        self.data = b""
        self.busy = False
        self.closing = False
        self.continued = False
        self.transport = None
        self.gone = asyncio.Event()
        self.room = asyncio.Event()
        self.room.set()

    def connection_made(self, transport):
        self.transport = transport
        sock = transport.get_extra_info("socket")
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.server.connections.add(self)
        if self.server.greet(self):
            self.reset()

    def connection_lost(self, error):
        self.gone.set()
        self.room.set()
        self.server.connections.discard(self)

    def pause_writing(self):
        self.room.clear()

    def resume_writing(self):
        self.room.set()

    def data_received(self, data):
        self.data += data
        if not self.busy:
            self.next()

    def next(self):
        """Serves what has come whole; a request in parts waits."""
        try:
            while not self.busy and not self.closing:
                request = self.take()
                if request is None:
                    return
                self.serve(request)
        except (Bad, ValueError) as error:
            answer = Answer.text(getattr(error, "status", 400), str(error))
            self.send(answer.bytes(None, close=True))
            self.close()

    def take(self):
        """The next whole request out of the data, or None."""
        head, found, rest = self.data.partition(b"\r\n\r\n")
        if len(head) > HEAD_LIMIT:
            raise Bad(431, "head too large")
        if not found:
            return None
        method, target, headers = parse_head(head)
        length = body_length(headers)
        if length > BODY_LIMIT or len(rest) > BODY_LIMIT + HEAD_LIMIT:
            raise Bad(413, "body too large")
        if length < 0:
            whole = unchunk(rest)
        elif len(rest) >= length:
            whole = rest[:length], rest[length:]
        else:
            whole = None
        if whole is None:
            if "expect" in headers and not self.continued:
                self.continued = True
                self.send(b"HTTP/1.1 100 Continue\r\n\r\n")
            return None
        self.continued = False
        body, self.data = whole
        self.closing = headers.get("connection", "").lower() == "close"
        return Request(method, target, headers, body, self.server.admin)

    def serve(self, request):
        self.busy = True
        work = self.server.answer(self, request)
        if work is None:
            self.done()
        else:
            task = asyncio.get_running_loop().create_task(work)
            self.server.tasks.add(task)
            task.add_done_callback(self.finished)

    def finished(self, task):
        self.server.tasks.discard(task)
        if task.cancelled():
            return
        if task.exception() is not None:
            self.server.broken(task.exception())
            self.reset()
            return
        self.done()
        self.next()

    def done(self):
        self.busy = False
        if self.closing:
            self.close()

    def send(self, data):
        self.transport.write(data)

    async def drain(self):
        """Waits until the client took what was sent; false: it is gone.
        What is written to a connection that broke is dropped and never
        waited for: the loop must get a turn to say so."""
        await asyncio.sleep(0)
        await self.room.wait()
        await asyncio.sleep(0)      # lets the loop see that it has gone
        return not (self.gone.is_set() or self.transport.is_closing())

    def close(self):
        self.closing = True
        self.transport.close()

    def reset(self):
        """The client sees ECONNRESET, and loses what was not yet sent.  A
        connection that is gone has no socket any more."""
        self.closing = True
        sock = self.transport.get_extra_info("socket")
        try:
            if sock is not None:
                sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER,
                                struct.pack("ii", 1, 0))
        except OSError:
            pass
        self.transport.abort()


class Server:
    """A port.  Who derives from it gives answer(): either sends and returns
    None, or returns a coroutine that will have sent."""

    admin = False

    def __init__(self):
        self.connections = set()
        self.tasks = set()
        self.listener = None
        self.port = 0
        self.tls = None

    def greet(self, connection):
        """True: the new connection is reset before it is read."""
        return False

    def answer(self, connection, request):
        raise NotImplementedError

    def broken(self, error):
        """An exception that is a fault of the world itself."""
        raise NotImplementedError

    async def open(self, port=None):
        """Listens on loopback; a port once had is kept."""
        loop = asyncio.get_running_loop()
        self.listener = await loop.create_server(
            lambda: Connection(self), "127.0.0.1",
            self.port if port is None else port, ssl=self.tls,
            reuse_address=True, backlog=1024)
        self.port = self.listener.sockets[0].getsockname()[1]

    def shut(self):
        """As a server that is down: nobody listens, nobody is connected."""
        if self.listener is not None:
            self.listener.close()
            self.listener = None
        for connection in list(self.connections):
            connection.reset()
