/**
 * What a process of a plane is given when it is started, at both ends. As its one argument; or, at its first start, on its standard
 * input, for there may be more to say than fits an argument, and it may be running already and wait for it. Before that it may be
 * told what to expect as far as is known by then: what it reads meanwhile it need not read later.
 */

/** Says that all of it comes on standard input. */
export const optionsFollow = "options-on-standard-input";

export interface Given<Options> {
  options: Options;
  /** Variables for its environment, which may hold secrets. */
  environment: Record<string, string | undefined>;
}

/** Absolute paths. */
export interface Expected {
  /** Where its data will be. */
  data?: string;
  /** The configuration that it will read. */
  file?: string;
}

/** What a process takes of it. */
export interface Taken<Options> extends Given<Options> {
  /** Nobody has started it before, and whoever does has just found the configuration to be good. */
  isFirst: boolean;
}

/** For the standard input. */
export function givenText({ options, environment }: Given<object>): string {
  return `${JSON.stringify({ options, environment })}\n`;
}

/** Goes before `givenText`, any number of times. */
export function expectedText(expected: Expected): string {
  return `${JSON.stringify({ expected })}\n`;
}

/** Null where whoever started the process has ended, or has nothing for it to do. Throws where it is not what `givenText` wrote. `expect` hears at once what to expect. */
export async function takeGiven<Options>(argument: string | undefined, input: AsyncIterable<Buffer>, expect: (expected: Expected) => void = () => undefined): Promise<Taken<Options> | null> {
  if (argument !== optionsFollow) return { options: JSON.parse(argument ?? "") as Options, environment: {}, isFirst: false };
  const chunks = input[Symbol.asyncIterator]();
  let taken = await takeLine(chunks, Buffer.alloc(0));
  while (taken !== null) {
    const told = JSON.parse(taken.line) as { expected: Expected } | (Given<Options> & { expected?: never });
    if (told.expected === undefined) return { ...told, isFirst: true };
    expect(told.expected);
    taken = await takeLine(chunks, taken.rest);
  }
  return null;
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
