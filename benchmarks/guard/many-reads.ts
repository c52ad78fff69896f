/** Reads of very many resources, several sent at once on each connection, so that the load costs little beside what it asks for. */
import { once } from "node:events";
import { connect } from "node:net";
import { AnswerReader } from "../load/answer-reader.ts";
import { key } from "./parley.ts";

export interface ManyReads {
  port: number;
  count: number;
  path: (index: number) => string;
  /** How many have been answered so far. */
  progress(answered: number): void;
}

const connections = 16;
const together = 16;
const progressEvery = 50_000;

/** Rejects where one is not answered with 200. */
export async function readMany(reads: ManyReads): Promise<void> {
  let next = 0;
  let answered = 0;
  const take = (): string => {
    let requests = "";
    for (let taken = 0; taken < together && next < reads.count; taken += 1) requests += `GET ${reads.path(next++)} HTTP/1.1\r\nHost: parley\r\nX-API-Key: ${key}\r\n\r\n`;
    return requests;
  };
  const count = (): void => {
    answered += 1;
    if (answered % progressEvery === 0) reads.progress(answered);
  };
  await Promise.all(Array.from({ length: connections }, () => readOnOne(reads.port, { take, count })));
}

async function readOnOne(port: number, load: { take: () => string; count: () => void }): Promise<void> {
  const socket = connect({ port, host: "127.0.0.1", noDelay: true });
  await once(socket, "connect");
  const ended = once(socket, "close");
  let failure: string | null = null;
  let open = 0;
  const send = (): void => {
    const requests = load.take();
    if (requests === "") return void socket.end();
    open = requests.split("\r\n\r\n").length - 1;
    socket.write(requests);
  };
  const reader = new AnswerReader({
    head: (status) => {
      if (status !== 200) failure = `answered ${status} in the place of 200`;
    },
    body: () => {},
    end: () => {
      load.count();
      open -= 1;
      if (open === 0) send();
    },
  });
  socket.on("data", (bytes) => reader.feed(bytes));
  socket.on("error", (error) => (failure ??= error.message));
  send();
  await ended;
  if (failure === null && open > 0) failure = "a connection was closed before all of its answers had come";
  if (failure !== null) throw new Error(failure);
}
