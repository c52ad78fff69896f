/**
 * What a process of a plane is given when it is started, at both ends. As its one argument; or, at its first start, on its standard
 * input, for there may be more to say than fits an argument, and it may be running already and wait for it.
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

/** Null where whoever started the process has ended, or has nothing for it to do. Throws where it is not what `givenText` wrote. */
export async function takeGiven<Options>(argument: string | undefined, input: AsyncIterable<Buffer>): Promise<Given<Options> | null> {
  if (argument !== optionsFollow) return { options: JSON.parse(argument ?? "") as Options, environment: {}, handedOver: "" };
  const chunks: Buffer[] = [];
  for await (const chunk of input) chunks.push(chunk);
  if (chunks.length === 0) return null;
  const all = Buffer.concat(chunks);
  const end = all.indexOf(10);
  return { ...(JSON.parse(all.toString("utf8", 0, end)) as Omit<Given<Options>, "handedOver">), handedOver: all.toString("utf8", end + 1) };
}
