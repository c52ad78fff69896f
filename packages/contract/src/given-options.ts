/**
 * What a process of a plane is given when it is started, at both ends. As its one argument; or, at its first start, on its standard
 * input, for there may be more to say than fits an argument, and it may be running already and wait for it. Before that it may be
 * told where its data will be as far as is known by then: what it reads there meanwhile it need not read later.
 */

/** Says that all of it comes on standard input. */
export const optionsFollow = "options-on-standard-input";

export interface Given<Options> {
  options: Options;
  /** Variables for its environment, which may hold secrets. */
  environment: Record<string, string | undefined>;
  /** What whoever starts it has read already; empty where there is nothing. */
  handedOver: string;
}

/** For the standard input. */
export function givenText({ options, environment, handedOver }: Given<object>): string {
  return `${JSON.stringify({ options, environment })}\n${handedOver}`;
}

/** Goes before `givenText`, or does not. */
export function expectedText(dataDirectory: string): string {
  return `${JSON.stringify({ expectedData: dataDirectory })}\n`;
}

/** Null where whoever started the process has ended, or has nothing for it to do. Throws where it is not what `givenText` wrote. `expect` hears at once where data may be. */
export async function takeGiven<Options>(argument: string | undefined, input: AsyncIterable<Buffer>, expect: (dataDirectory: string) => void = () => undefined): Promise<Given<Options> | null> {
  if (argument !== optionsFollow) return { options: JSON.parse(argument ?? "") as Options, environment: {}, handedOver: "" };
  let chunks: Buffer[] = [];
  let isFirstLine = true;
  for await (const chunk of input) {
    chunks.push(chunk);
    if (!isFirstLine || !chunk.includes(10)) continue;
    isFirstLine = false;
    chunks = [withoutExpectation(Buffer.concat(chunks), expect)];
  }
  const all = Buffer.concat(chunks);
  if (all.length === 0) return null;
  const end = all.indexOf(10);
  return { ...(JSON.parse(all.toString("utf8", 0, end)) as Omit<Given<Options>, "handedOver">), handedOver: all.toString("utf8", end + 1) };
}

function withoutExpectation(received: Buffer, expect: (dataDirectory: string) => void): Buffer {
  const end = received.indexOf(10);
  const { expectedData } = JSON.parse(received.toString("utf8", 0, end)) as { expectedData?: string };
  if (expectedData === undefined) return received;
  expect(expectedData);
  return received.subarray(end + 1);
}
