const COMMON = 'Host: 127.0.0.1\r\nUser-Agent: kernelci-bench\r\nAccept: */*\r\nConnection: keep-alive\r\n';

const authorized = (token: string | undefined): string =>
  token === undefined ? '' : `Authorization: Bearer ${token}\r\n`;

/** The bytes of a GET; the path without its prefix. */
export const get = (path: string, token?: string): Buffer =>
  Buffer.from(`GET /latest/${path} HTTP/1.1\r\n${COMMON}${authorized(token)}\r\n`);

/** The bytes of a request with a JSON body. */
export function send(method: 'POST' | 'PUT' | 'PATCH', path: string, token: string, body: unknown): Buffer {
  const text = Buffer.from(JSON.stringify(body));
  const head = [
    `${method} /latest/${path} HTTP/1.1\r\n${COMMON}${authorized(token)}`,
    `Content-Type: application/json\r\nContent-Length: ${text.length}\r\n\r\n`,
  ];
  return Buffer.concat([Buffer.from(head.join('')), text]);
}
