const COMMON = 'Host: 127.0.0.1\r\nUser-Agent: kernelci-bench\r\nAccept: */*\r\nConnection: keep-alive\r\n';

/** The bytes of a GET; the path without its prefix. */
export const get = (path: string): Buffer => Buffer.from(`GET /latest/${path} HTTP/1.1\r\n${COMMON}\r\n`);

/** The bytes of a request with a JSON body. */
export function send(method: 'POST' | 'PUT', path: string, token: string, body: unknown): Buffer {
  const text = Buffer.from(JSON.stringify(body));
  const head = [
    `${method} /latest/${path} HTTP/1.1\r\n${COMMON}Authorization: Bearer ${token}\r\n`,
    `Content-Type: application/json\r\nContent-Length: ${text.length}\r\n\r\n`,
  ];
  return Buffer.concat([Buffer.from(head.join('')), text]);
}
