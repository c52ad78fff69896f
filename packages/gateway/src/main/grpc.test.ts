import { once } from "node:events";
import { type AddressInfo } from "node:net";
import { createServer as createHttp2Server } from "node:http2";
import { credentials as channelCredentials, makeClientConstructor, Metadata, Server, ServerCredentials, status, type ServiceError } from "@grpc/grpc-js";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type GatewayUnderTest, startGateway } from "./gateway-under-test.ts";

const text = { serialize: (value: string): Buffer => Buffer.from(value), deserialize: (bytes: Buffer): string => bytes.toString() };
const method = (name: string, requestStream: boolean, responseStream: boolean): object => ({
  path: `/words.Words/${name}`, requestStream, responseStream, requestSerialize: text.serialize, requestDeserialize: text.deserialize, responseSerialize: text.serialize, responseDeserialize: text.deserialize,
});
const definition = { Say: method("Say", false, false), Count: method("Count", false, true), Join: method("Join", true, false), Talk: method("Talk", true, true), Fail: method("Fail", false, false) };

interface Stream {
  on(event: string, listener: (value: never) => void): Stream;
  write(value: string): void;
  end(): void;
  cancel(): void;
}
type Unary = (value: string, metadata: Metadata, done: (error: ServiceError | null, answer: string) => void) => Stream;
interface Words {
  Say: Unary;
  Fail: Unary;
  Count(value: string, metadata: Metadata, options?: { deadline: number }): Stream;
  Join(metadata: Metadata, done: (error: ServiceError | null, answer: string) => void): Stream;
  Talk(metadata: Metadata): Stream;
  close(): void;
}

let server: Server;
let gateway: GatewayUnderTest;
let client: Words;
let cancelled: () => void = () => {};
/** As the server knows it, of the newest call that counts. */
let deadline: Date | number = Infinity;
const longEnough = { timeout: 60_000 };

beforeAll(async () => {
  server = new Server();
  server.addService(definition as never, {
    Say: (call: { request: string; metadata: Metadata }, done: (error: null, answer: string, trailer: Metadata) => void) => {
      const trailer = new Metadata();
      trailer.set("x-consumer", String(call.metadata.get("parley-consumer")));
      done(null, `said ${call.request}`, trailer);
    },
    Fail: (_call: unknown, done: (error: object) => void) => done({ code: status.FAILED_PRECONDITION, details: "not today" }),
    Count: (call: { request: string; write(value: string): void; end(): void; getDeadline(): Date | number; on(event: string, listener: () => void): void }) => {
      deadline = call.getDeadline();
      for (let number = 1; number <= Number(call.request); number++) call.write(String(number));
      if (call.request === "3") call.end();
      call.on("cancelled", () => cancelled());
    },
    Join: (call: { on(event: string, listener: (value: string) => void): void }, done: (error: null, answer: string) => void) => {
      const parts: string[] = [];
      call.on("data", (part) => parts.push(part));
      call.on("end", () => done(null, parts.join("+")));
    },
    Talk: (call: { on(event: string, listener: (value: string) => void): void; write(value: string): void; end(): void }) => {
      call.on("data", (part) => call.write(part.toUpperCase()));
      call.on("end", () => call.end());
    },
  } as never);
  const port = await new Promise<number>((resolve, reject) => server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, bound) => (error ? reject(error) : resolve(bound))));
  gateway = await startGateway({
    services: { words: { path: "/words.Words", conflict: { mode: "enforce" }, upstream: { targets: [{ url: `http://127.0.0.1:${port}/words.Words` }] } } },
    consumers: { acme: { key: "key-of-acme" } },
  }, { ledger: true });
  client = new (makeClientConstructor(definition as never, "Words"))(`127.0.0.1:${gateway.port}`, channelCredentials.createInsecure()) as unknown as Words;
}, 60_000);

afterAll(async () => {
  client.close();
  await gateway.stop();
  server.forceShutdown();
});

function keyed(): Metadata {
  const metadata = new Metadata();
  metadata.set("authorization", "Bearer key-of-acme");
  return metadata;
}

function unary(call: Unary, metadata: Metadata): Promise<{ error: ServiceError | null; answer: string; trailer: Metadata | null }> {
  return new Promise((resolve) => {
    let trailer: Metadata | null = null;
    const stream = call.call(client, "hello", metadata, (error, answer) => setImmediate(() => resolve({ error, answer, trailer })));
    stream.on("status", ({ metadata: fields }: { metadata: Metadata }) => (trailer = fields));
  });
}

test("carries a unary call of a real client with its metadata and trailers", longEnough, async () => {
  const { error, answer, trailer } = await unary(client.Say, keyed());
  expect([error, answer, trailer?.get("x-consumer")]).toEqual([null, "said hello", ["acme"]]);
});

test("passes the service's own error on, which has no body", longEnough, async () => {
  const { error } = await unary(client.Fail, keyed());
  expect([error?.code, error?.details]).toEqual([status.FAILED_PRECONDITION, "not today"]);
});

test("refuses in the way that clients of gRPC read", longEnough, async () => {
  const { error } = await unary(client.Say, new Metadata());
  expect([error?.code, error?.details]).toEqual([status.UNAUTHENTICATED, "The call carries no key. (missing-key)"]);
});

test("streams from the server", longEnough, async () => {
  const got: string[] = [];
  const stream = client.Count("3", keyed());
  stream.on("data", (value: string) => got.push(value));
  await new Promise<void>((resolve) => stream.on("end", resolve as never));
  expect(got).toEqual(["1", "2", "3"]);
});

test("streams from the client", longEnough, async () => {
  const answer = await new Promise<string>((resolve, reject) => {
    const stream = client.Join(keyed(), (error, value) => (error ? reject(error) : resolve(value)));
    for (const part of ["a", "b", "c"]) stream.write(part);
    stream.end();
  });
  expect(answer).toBe("a+b+c");
});

test("streams both ways at once: an answer comes before the next question is asked", longEnough, async () => {
  const stream = client.Talk(keyed());
  const answers: string[] = [];
  const next = (): Promise<string> => new Promise((resolve) => stream.on("data", resolve as never));
  for (const question of ["one", "two"]) {
    const answer = next();
    stream.write(question);
    answers.push(await answer);
  }
  stream.end();
  await new Promise<void>((resolve) => stream.on("end", resolve as never));
  expect(answers).toEqual(["ONE", "TWO"]);
});

test("tells the server that the client has cancelled", longEnough, async () => {
  const told = new Promise<void>((resolve) => (cancelled = resolve));
  const stream = client.Count("1", keyed());
  stream.on("error", () => {});
  await new Promise((resolve) => stream.on("data", resolve as never));
  stream.cancel();
  await told;
});

test("a client's deadline reaches the server, and ends the call there", longEnough, async () => {
  const told = new Promise<void>((resolve) => (cancelled = resolve));
  const until = Date.now() + 1_000;
  const stream = client.Count("1", keyed(), { deadline: until });
  stream.on("data", () => {});
  const error = await new Promise<ServiceError>((resolve) => stream.on("error", resolve as never));
  await told;
  expect(error.code).toBe(status.DEADLINE_EXCEEDED);
  // The server counts from when the call reaches it.
  expect(Number(deadline)).toBeGreaterThan(until - 1_000);
  expect(Number(deadline)).toBeLessThan(until + 60_000);
});

test("says UNAVAILABLE where nobody answers", longEnough, async () => {
  const nobody = createHttp2Server().listen(0, "127.0.0.1");
  await once(nobody, "listening");
  const { port } = nobody.address() as AddressInfo;
  await new Promise((resolve) => nobody.close(resolve));
  const other = await startGateway({ services: { words: { path: "/words.Words", access: "open", upstream: { targets: [{ url: `http://127.0.0.1:${port}/words.Words` }] } } } });
  const alone = new (makeClientConstructor(definition as never, "Words"))(`127.0.0.1:${other.port}`, channelCredentials.createInsecure()) as unknown as Words;
  const error = await new Promise<ServiceError | null>((resolve) => alone.Say("x", new Metadata(), resolve));
  alone.close();
  await other.stop();
  expect([error?.code, error?.details]).toEqual([status.UNAVAILABLE, "No connection to the upstream of words could be made. (upstream-unreachable)"]);
});
