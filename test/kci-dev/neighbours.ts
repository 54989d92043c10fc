import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { cleanUpAfterFile } from '../helpers/cleanup.ts';

export interface Asked {
  method: string;
  path: string;
  headers: IncomingHttpHeaders;
  body: unknown;
}

export interface Neighbour {
  url: string;
  asked: Asked[];
}

/**
 * Stands in for a service that kci-dev talks to beside the API.
 * @param answer the JSON to answer with; undefined: 404
 */
export async function startNeighbour(
  answer: (asked: Asked) => Promise<unknown> | unknown,
): Promise<Neighbour> {
  const asked: Asked[] = [];
  const answerOf = async (one: Asked) => {
    try {
      const body = await answer(one);
      return body === undefined ? { status: 404, body: { message: 'not here' } } : { status: 200, body };
    } catch (error) {
      // The test fails by what kci-dev makes of it, and says why.
      return { status: 500, body: { message: String(error) } };
    }
  };
  const server = createServer(async (request, response) => {
    const text = (await Array.fromAsync(request)).join('');
    const { method = '', url = '', headers } = request;
    const [path = ''] = url.split('?', 1);
    const one = { method, path, headers, body: text === '' ? undefined : JSON.parse(text) };
    asked.push(one);
    const { status, body } = await answerOf(one);
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  });
  return { url: await addressOf(server), asked };
}

async function addressOf(server: Server): Promise<string> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  cleanUpAfterFile(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
}
