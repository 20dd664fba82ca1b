"""The recorded port: one exchange after the other, with what befalls it."""

import asyncio

from message import Answer
from server import Server
from shapes import CLOSE, KINDS, RESET, SILENT, as_is


class Front(Server):
    """Everything the programs under test talk to."""

    def __init__(self, world):
        super().__init__()
        self.world = world

    def broken(self, error):
        self.world.broken(error)

    def greet(self, connection):
        if not self.world.faults.refuses():
            return False
        self.world.record.refused()
        return True

    def answer(self, connection, request):
        world = self.world
        world.record.arrive(request)
        rules = world.faults.pick(request)
        if rules:
            return self.misbehave(connection, request, rules)
        answer = world.handle(request)
        if answer.fault is not None:
            return self.misshapen(connection, request, answer)
        data = answer.bytes(world.clock.date(), close=connection.closing,
                            head=request.method == "HEAD")
        world.record.add(request, answer.status, None, len(data),
                         answer.effect)
        connection.send(data)
        return None

    async def misbehave(self, connection, request, rules):
        world = self.world
        fault = None
        for rule in rules:
            if not await self.on_the_way(request, rule, False):
                fault = rule
        reply, effect = self.shape(request, fault)
        names = "+".join(rule.kind for rule in rules)
        world.record.add(request, reply.status, names, reply.size, effect)
        for rule in rules:
            await self.on_the_way(request, rule, True)
        await self.deliver(connection, reply)
        if fault is not None and fault.kind == "down":
            await self.down(fault.get("ms", 1000))

    async def misshapen(self, connection, request, answer):
        """An answer that its own module wants broken."""
        reply = self.broken_as(answer)
        self.world.record.add(request, reply.status, answer.fault.kind,
                              reply.size, answer.effect)
        await self.deliver(connection, reply)

    def broken_as(self, answer):
        make = KINDS[answer.fault.kind][1]
        return make(answer.fault, answer, self.world.clock.date())

    async def deliver(self, connection, reply):
        for part in reply:
            if not await connection.drain():
                return
            connection.send(part)
        await self.end(connection, reply.end)

    async def on_the_way(self, request, rule, after):
        """Delays, barriers and the clock; false: the rule is a fault."""
        if rule.kind not in ("slow", "hold", "clock"):
            return False
        if rule.after != after:
            return True
        if rule.kind == "slow":
            await asyncio.sleep(rule.get("ms", 1000) / 1000)
        elif rule.kind == "clock":
            self.world.clock.set(advance=rule.get("advance", 0))
        else:
            await self.world.held.wait(request)
        return True

    def shape(self, request, fault):
        """The reply, and the effect the request had."""
        world = self.world
        if fault is None:
            answer = world.handle(request)
            if answer.fault is not None:
                return self.broken_as(answer), answer.effect
            return as_is(None, answer, world.clock.date()), answer.effect
        if fault.kind == "stale":
            request.back = fault.get("back", 1)
        if fault.effect or not request.mutating:
            answer = world.handle(request)
        else:
            answer = Answer(200, b"{}")
        fault.form = lambda code: world.form(request, code)
        make = KINDS[fault.kind][1]
        return make(fault, answer, world.clock.date()), answer.effect

    async def end(self, connection, how):
        if how == SILENT:
            await connection.gone.wait()
        elif how == RESET:
            connection.reset()
        elif how == CLOSE:
            connection.close()

    async def down(self, milliseconds):
        self.shut()
        await asyncio.sleep(milliseconds / 1000)
        if self.listener is None:       # nobody else opened it
            await self.open()
