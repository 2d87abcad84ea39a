// An echo server on the ws package. The path of a request says how it echoes;
// see Echo and Process in the Go package peer.
import { WebSocketServer } from 'ws';
import { once } from 'node:events';

const print = (event) => process.stdout.write(JSON.stringify(event) + '\n');

const server = new WebSocketServer({
  host: '127.0.0.1',
  port: 0,
  maxPayload: 64 << 20,
  handleProtocols: (offered) => (offered.has('chat.v2') ? 'chat.v2' : false),
});

function sendFragmented(socket, data, binary) {
  const size = 4096;
  for (let at = 0; ; at += size) {
    const fin = at + size >= data.length;
    socket.send(data.subarray(at, at + size), { binary, fin });
    if (fin) return;
  }
}

server.on('connection', (socket, request) => {
  const url = new URL(request.url, 'ws://localhost');
  let pending = Promise.resolve();
  socket.on('message', (data, binary) => {
    pending = pending.then(async () => {
      switch (url.pathname) {
        case '/fragments':
          sendFragmented(socket, data, binary);
          return;
        case '/ping': {
          const pong = once(socket, 'pong');
          socket.ping('are you there');
          await pong;
          socket.send(data, { binary });
          return;
        }
        case '/close':
          socket.send(data, { binary });
          socket.close(Number(url.searchParams.get('code')), url.searchParams.get('reason') ?? '');
          return;
        default:
          socket.send(data, { binary });
      }
    });
  });
  socket.on('error', (error) => console.error(`ws server: ${error}`));
  socket.on('close', (code, reason) => print({ ended: { code, reason: reason.toString() } }));
});

server.on('listening', () => print({ listening: `ws://127.0.0.1:${server.address().port}` }));
process.stdin.on('end', () => {
  for (const socket of server.clients) socket.terminate();
  server.close();
}).resume();
