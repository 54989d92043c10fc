// The yardstick: Node's own HTTP server that answers each path with bytes it has in memory, and does nothing else.
// Argument: a file of JSON, { headers: {name: value}, bodies: {path: text} }. Prints its address.
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';

const { headers, bodies } = JSON.parse(readFileSync(process.argv[2] ?? '', 'utf8')) as {
  headers: Record<string, string>;
  bodies: Record<string, string>;
};
const answers = new Map(Object.entries(bodies));

const server = createServer((request, response) => {
  const body = answers.get(request.url ?? '') ?? 'null';
  response.writeHead(200, { ...headers, 'content-length': Buffer.byteLength(body) });
  response.end(body);
});
server.keepAliveTimeout = 75_000;
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  if (typeof address === 'object') process.stdout.write(`http://127.0.0.1:${address?.port}\n`);
});
