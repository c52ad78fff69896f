/** A recorded stream gives the same events wherever its bytes are cut: inside a character, a line end, a number. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decodeStream, providerDialects } from "./decoding.ts";
import { loadExchanges, recordingsFolder, recordingsNotice, responseBytes } from "./recordings.ts";
import type { RecordedExchange } from "./recordings.ts";

const endpoints = Object.keys(providerDialects);
const streams = loadExchanges(process.env, endpoints).filter((exchange) => exchange.stream && (exchange.response.text ?? exchange.response.base64) !== undefined && exchange.response.status === 200);

describe(`streams of recorded exchanges, however they are cut${recordingsFolder(process.env) === null ? ` (${recordingsNotice(process.env)})` : ""}`, () => {
  it.each(streams.map((exchange) => [exchange.id, exchange] as const))("%s", (_, exchange) => {
    const bytes = responseBytes(exchange.response);
    const whole = decode(exchange, []);
    expect(whole.at(-1)).toEqual({ type: "end" });
    const cuts = fc.array(fc.nat({ max: Math.max(bytes.length - 1, 1) }), { maxLength: 40 });
    const sameWherever = fc.property(cuts, (places) => {
      expect(decode(exchange, places)).toEqual(whole);
    });
    fc.assert(sameWherever, { numRuns: 8 });
  });

  it("gives the same events byte by byte", () => {
    for (const exchange of smallestOfEachEndpoint()) {
      const everywhere = Array.from({ length: responseBytes(exchange.response).length }, (_, index) => index);
      expect(decode(exchange, everywhere)).toEqual(decode(exchange, []));
    }
  });

  it("never takes a stream that was cut off for a clean end", () => {
    for (const exchange of smallestOfEachEndpoint()) {
      const bytes = responseBytes(exchange.response);
      const half = decodeStream(exchange.endpoint, [bytes.subarray(0, Math.floor(bytes.length / 2))]);
      expect(half.map((event) => event.type)).not.toContain("end");
    }
  });
});

function decode(exchange: RecordedExchange, places: readonly number[]): unknown[] {
  const bytes = responseBytes(exchange.response);
  const edges = [0, ...places.toSorted((left, right) => left - right), bytes.length];
  return decodeStream(exchange.endpoint, edges.slice(1).map((edge, index) => bytes.subarray(edges[index], edge)));
}

function smallestOfEachEndpoint(): RecordedExchange[] {
  return endpoints.flatMap((endpoint) => {
    const own = streams.filter((exchange) => exchange.endpoint === endpoint);
    return own.toSorted((left, right) => responseBytes(left.response).length - responseBytes(right.response).length).slice(0, 1);
  });
}
