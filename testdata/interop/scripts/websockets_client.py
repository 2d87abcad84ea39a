"""A client on the websockets package that does what it is told on stdin; see
Process in the Go package peer."""

import asyncio
import base64
import json
import os
import sys
import threading

import websockets


def show(event):
    sys.stdout.write(json.dumps(event) + "\n")
    sys.stdout.flush()


def fragments(message, size=4096):
    return [message[at : at + size] for at in range(0, len(message), size)]


async def obey(socket, order):
    if "send" in order:
        message = base64.b64decode(order["send"])
        if order["text"]:
            message = message.decode()
        await socket.send(fragments(message) if order["fragmented"] else message)
    elif "ping" in order:
        await (await socket.ping(order["ping"]))
        show({"pong": order["ping"]})
    elif "close" in order:
        await socket.close(order["close"], order["reason"])


async def main(url, *subprotocols):
    loop = asyncio.get_running_loop()
    options = {"max_size": 64 << 20, "subprotocols": subprotocols or None, "ping_interval": None}
    async with websockets.connect(url, **options) as socket:
        show({"open": socket.subprotocol or ""})
        orders = asyncio.Queue()

        def listen():
            for line in sys.stdin:
                loop.call_soon_threadsafe(orders.put_nowait, json.loads(line))

        async def work():
            while True:
                await obey(socket, await orders.get())

        threading.Thread(target=listen, daemon=True).start()
        worker = asyncio.create_task(work())
        try:
            async for message in socket:
                text = isinstance(message, str)
                data = message.encode() if text else message
                show({"message": base64.b64encode(data).decode(), "text": text})
        except websockets.ConnectionClosed:
            pass
        await socket.wait_closed()
        worker.cancel()
    show({"closed": {"code": socket.close_code, "reason": socket.close_reason or ""}})


asyncio.run(main(*sys.argv[1:]))
# The thread may still wait for stdin; it keeps nothing that has to be saved.
os._exit(0)
