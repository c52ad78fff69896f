/**
 * What a process of a plane is given when it is started, at both ends. As its one argument; or, at its first start, on its standard
 * input, for there may be more to say than fits an argument, and it may be running already and wait for it. Before that it may be
 * told where its data will be as far as is known by then: what it reads there meanwhile it need not read later. After that comes what
 * was read for it, which takes a while where it is long.
 */

/** Says that all of it comes on standard input. */
export const optionsFollow = "options-on-standard-input";

export interface Given<Options> {
  options: Options;
  /** Variables for its environment, which may hold secrets. */
  environment: Record<string, string | undefined>;
}

/** What a process takes of it. */
export interface Taken<Options> extends Given<Options> {
  /** What whoever starts it has read already, once all of it has come; empty where there is nothing. */
  handedOver: Promise<string>;
}

/** For the standard input; what is handed over follows it, and then the end. */
export function givenText({ options, environment }: Given<object>): string {
  return `${JSON.stringify({ options, environment })}\n`;
}

/** Goes before `givenText`, or does not. */
export function expectedText(dataDirectory: string): string {
  return `${JSON.stringify({ expectedData: dataDirectory })}\n`;
}

/** Null where whoever started the process has ended, or has nothing for it to do. Throws where it is not what `givenText` wrote. `expect` hears at once where data may be. */
export async function takeGiven<Options>(argument: string | undefined, input: AsyncIterable<Buffer>, expect: (dataDirectory: string) => void = () => undefined): Promise<Taken<Options> | null> {
  if (argument !== optionsFollow) return { options: JSON.parse(argument ?? "") as Options, environment: {}, handedOver: Promise.resolve("") };
  const chunks = input[Symbol.asyncIterator]();
  let taken = await takeLine(chunks, Buffer.alloc(0));
  const { expectedData } = JSON.parse(taken?.line ?? "{}") as { expectedData?: string };
  if (taken !== null && expectedData !== undefined) {
    expect(expectedData);
    taken = await takeLine(chunks, taken.rest);
  }
  if (taken === null) return null;
  return { ...(JSON.parse(taken.line) as Given<Options>), handedOver: takeRest(chunks, taken.rest) };
}

/** Null where the input ends before the line does. */
async function takeLine(chunks: AsyncIterator<Buffer>, begun: Buffer): Promise<{ line: string; rest: Buffer } | null> {
  const received = [begun];
  let last = begun;
  while (!last.includes(10)) {
    const { done, value } = await chunks.next();
    if (done) return null;
    received.push(value);
    last = value;
  }
  const all = Buffer.concat(received);
  const end = all.indexOf(10);
  return { line: all.toString("utf8", 0, end), rest: all.subarray(end + 1) };
}

async function takeRest(chunks: AsyncIterator<Buffer>, begun: Buffer): Promise<string> {
  const received = [begun];
  for (let next = await chunks.next(); !next.done; next = await chunks.next()) received.push(next.value);
  return Buffer.concat(received).toString("utf8");
}
