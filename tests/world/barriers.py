"""Exchanges that are held until somebody lets them go."""

import asyncio


class Held:
    """Who waits at a rule of kind `hold`, in the order they came."""

    def __init__(self):
        self.waiting = {}
        self.changed = asyncio.Event()

    async def wait(self, request):
        done = asyncio.get_running_loop().create_future()
        self.waiting[request.n] = (request, done)
        self.changed.set()
        try:
            await done
        finally:
            self.waiting.pop(request.n, None)

    def release(self, number=None):
        """Lets one go by its number, or all; returns the numbers."""
        numbers = [n for n in sorted(self.waiting) if number in (None, n)]
        for n in numbers:
            done = self.waiting.pop(n)[1]
            if not done.done():
                done.set_result(None)
        return numbers

    async def reach(self, count, seconds):
        """Waits until so many are held, or as long."""
        try:
            async with asyncio.timeout(seconds):
                while len(self.waiting) < count:
                    self.changed.clear()
                    await self.changed.wait()
        except TimeoutError:
            pass

    def dump(self):
        return [{"n": n, "run": request.run, "method": request.method,
                 "path": request.path}
                for n, (request, _) in sorted(self.waiting.items())]
