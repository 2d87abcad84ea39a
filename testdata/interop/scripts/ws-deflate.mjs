// The ws package with permessage-deflate, as an echo server or as a client for
// one connection after the other; see Process, Clients and DeflateNpm in the Go
// package peer. The options of the extension are JSON: in the query of a request,
// and in the order to the client.
import { createServer } from 'node:http';
import { createInterface } from 'node:readline';
import WebSocket, { WebSocketServer } from 'ws';

const print = (event) => process.stdout.write(JSON.stringify(event) + '\n');
const maxPayload = 64 << 20;

function serve() {
  const sockets = new Set();
  const server = createServer();
  server.on('upgrade', (request, stream, head) => {
    const query = new URL(request.url, 'ws://localhost').searchParams;
    const perMessageDeflate = JSON.parse(query.get('deflate'));
    new WebSocketServer({ noServer: true, maxPayload, perMessageDeflate }).handleUpgrade(request, stream, head, (socket) => {
      sockets.add(socket);
      socket.on('message', (data, binary) => socket.send(data, { binary }));
      socket.on('error', (error) => console.error(`ws server: ${error}`));
      socket.on('close', (code, reason) => {
        sockets.delete(socket);
        print({ ended: { code, reason: reason.toString() } });
      });
    });
  });
  server.listen(0, '127.0.0.1', () => print({ listening: `ws://127.0.0.1:${server.address().port}` }));
  process.stdin.on('end', () => {
    for (const socket of sockets) socket.terminate();
    server.close();
  }).resume();
}

function dial(url, options) {
  const socket = new WebSocket(url, { maxPayload, perMessageDeflate: JSON.parse(options) });
  socket.on('open', () => print({ open: '' }));
  socket.on('message', (data, binary) => print({ message: data.toString('base64'), text: !binary }));
  socket.on('error', (error) => console.error(`ws client: ${error}`));
  socket.on('close', (code, reason) => print({ closed: { code, reason: reason.toString() } }));
  return socket;
}

function obey() {
  let socket;
  createInterface({ input: process.stdin, terminal: false }).on('line', (line) => {
    const order = JSON.parse(line);
    if (order.dial !== undefined) {
      socket = dial(order.dial, order.argument);
    } else if (order.send !== undefined) {
      const data = Buffer.from(order.send, 'base64');
      const size = order.fragmented ? 4096 : Math.max(data.length, 1);
      for (let at = 0, fin = false; !fin; at += size) {
        fin = at + size >= data.length;
        socket.send(data.subarray(at, at + size), { binary: !order.text, fin });
      }
    } else if (order.close !== undefined) {
      socket.close(order.close, order.reason);
    }
  });
}

process.argv[2] === 'server' ? serve() : obey();
