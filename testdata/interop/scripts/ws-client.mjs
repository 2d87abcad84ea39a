// A client on the ws package that does what it is told on stdin; see Process in
// the Go package peer.
import { createInterface } from 'node:readline';
import WebSocket from 'ws';

const print = (event) => process.stdout.write(JSON.stringify(event) + '\n');
const [url, ...subprotocols] = process.argv.slice(2);
const socket = new WebSocket(url, subprotocols, { maxPayload: 64 << 20 });

socket.on('open', () => print({ open: socket.protocol }));
socket.on('message', (data, binary) => print({ message: data.toString('base64'), text: !binary }));
socket.on('pong', (data) => print({ pong: data.toString() }));
socket.on('error', (error) => console.error(`ws client: ${error}`));
socket.on('close', (code, reason) => {
  print({ closed: { code, reason: reason.toString() } });
  process.stdin.destroy();
});

createInterface({ input: process.stdin, terminal: false }).on('line', (line) => {
  const order = JSON.parse(line);
  if (order.send !== undefined) {
    const data = Buffer.from(order.send, 'base64');
    const size = order.fragmented ? 4096 : Math.max(data.length, 1);
    for (let at = 0, fin = false; !fin; at += size) {
      fin = at + size >= data.length;
      socket.send(data.subarray(at, at + size), { binary: !order.text, fin });
    }
  } else if (order.ping !== undefined) {
    socket.ping(order.ping);
  } else if (order.close !== undefined) {
    socket.close(order.close, order.reason);
  }
});
