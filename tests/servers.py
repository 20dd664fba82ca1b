#!/usr/bin/python3
"""The small parts of tests/servers.sh.

port                    prints a free port of loopback
certificates DIR        DIR/tls/ca.crt, other-ca.crt, server.crt, server.key
silent FILE [TEXT]      accepts, says TEXT, and never anything else
delay FILE PORT MS      passes connections on to PORT; what the server says
                        arrives MS late

The last two run until they are ended, and write their port to FILE."""

import asyncio
import os
import socket
import sys

HERE = os.path.dirname(os.path.realpath(__file__))
sys.path.insert(0, os.path.join(HERE, "world"))
sys.pycache_prefix = os.path.join(HERE, "../build/python")

LOOPBACK = "127.0.0.1"
CHUNK = 65536


def port():
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        print(probe.getsockname()[1])


def certificates(folder):
    from certificates import make
    make(folder)


async def listen(where, meet):
    """Serves for ever; what clients do to their connections is their
    affair."""
    async def met(reader, writer):
        try:
            await meet(reader, writer)
        except OSError:
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(met, LOOPBACK, 0, backlog=256)
    with open(f"{where}.new", "w", encoding="ascii") as file:
        print(server.sockets[0].getsockname()[1], file=file)
    os.rename(f"{where}.new", where)
    await server.serve_forever()


async def silent(where, text=""):
    async def meet(reader, writer):
        writer.write(text.encode())
        while await reader.read(CHUNK):
            pass
        await asyncio.Event().wait()    # a client that only listens now

    await listen(where, meet)


async def up(reader, writer):
    while data := await reader.read(CHUNK):
        writer.write(data)
        await writer.drain()
    writer.write_eof()


async def down(reader, writer, late):
    """Everything is as late as the first byte of its answer, so that an
    answer of many packets is late once."""
    loop = asyncio.get_running_loop()
    waiting = asyncio.Queue(1024)

    async def collect():
        data = b"first"
        while data:
            try:
                data = await reader.read(CHUNK)
            except OSError:
                data = b""
            await waiting.put((loop.time() + late, data))

    collecting = asyncio.ensure_future(collect())
    try:
        while True:
            due, data = await waiting.get()
            await asyncio.sleep(due - loop.time())
            if not data:
                return
            writer.write(data)
            await writer.drain()
    finally:
        collecting.cancel()


async def delay(where, behind, late):
    async def meet(reader, writer):
        far_reader, far_writer = await asyncio.open_connection(LOOPBACK,
                                                               int(behind))
        sending = asyncio.ensure_future(up(reader, far_writer))
        try:
            await down(far_reader, writer, int(late) / 1000)
        finally:
            sending.cancel()
            await asyncio.gather(sending, return_exceptions=True)
            far_writer.close()

    await listen(where, meet)


def main(what, *words):
    if what in ("port", "certificates"):
        {"port": port, "certificates": certificates}[what](*words)
    else:
        asyncio.run({"silent": silent, "delay": delay}[what](*words))


if __name__ == "__main__":
    main(*sys.argv[1:])
