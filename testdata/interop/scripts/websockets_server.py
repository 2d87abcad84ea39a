"""An echo server on the websockets package. The path of a request says how it
echoes; see Echo and Process in the Go package peer."""

import asyncio
import json
import sys
from urllib.parse import parse_qs, urlsplit

import websockets


def show(event):
    sys.stdout.write(json.dumps(event) + "\n")
    sys.stdout.flush()


def fragments(message, size=4096):
    return [message[at : at + size] for at in range(0, len(message), size)]


async def serve(socket):
    # The path moved to the request in later versions.
    target = urlsplit(socket.path if hasattr(socket, "path") else socket.request.path)
    query = parse_qs(target.query)
    try:
        async for message in socket:
            if target.path == "/fragments":
                await socket.send(fragments(message))
                continue
            if target.path == "/ping":
                await (await socket.ping("are you there"))
            await socket.send(message)
            if target.path == "/close":
                await socket.close(int(query["code"][0]), query.get("reason", [""])[0])
    except websockets.ConnectionClosed:
        pass
    await socket.wait_closed()
    show({"ended": {"code": socket.close_code, "reason": socket.close_reason or ""}})


async def main():
    options = {"max_size": 64 << 20, "subprotocols": ["chat.v2"], "ping_interval": None}
    async with websockets.serve(serve, "127.0.0.1", 0, **options) as server:
        port = server.sockets[0].getsockname()[1]
        show({"listening": f"ws://127.0.0.1:{port}"})
        await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)


asyncio.run(main())
