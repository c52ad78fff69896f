/** An HTTP/1.1 request as bytes, made once and sent many times. */
export interface RawRequest {
  method: string;
  path: string;
  port: number;
  headers?: Record<string, string>;
  body: string | null;
}

export function rawRequest(request: RawRequest): Buffer {
  const fields = { Host: `127.0.0.1:${request.port}`, "User-Agent": "parley-benchmark", Accept: "*/*", ...request.headers };
  const lines = Object.entries(fields).map(([name, value]) => `${name}: ${value}\r\n`);
  if (request.body !== null) lines.push("Content-Type: application/json\r\n", `Content-Length: ${Buffer.byteLength(request.body)}\r\n`);
  return Buffer.from(`${request.method} ${request.path} HTTP/1.1\r\n${lines.join("")}\r\n${request.body ?? ""}`);
}
