import { expect, it } from "vitest";
import type { Exchange } from "../../../exchange/exchange.ts";
import { type Actor, compileActor } from "./actor.ts";

const token = (claims: unknown): string => `Bearer x.${Buffer.from(JSON.stringify(claims)).toString("base64url")}.x`;

function asked(headers: Record<string, string>, consumer: string | null = "acme"): Exchange {
  return { headers, clientAddress: "192.0.2.7", caller: consumer === null ? null : { consumer, key: "default" } } as unknown as Exchange;
}

it.each<[string, string | undefined, Exchange, Actor]>([
  ["the key's consumer", undefined, asked({}), { name: "acme", probable: false }],
  ["refined by a field", "header:X-User", asked({ "x-user": "mia" }), { name: "acme (mia)", probable: false }],
  ["… which it may lack", "header:X-User", asked({}), { name: "acme", probable: false }],
  ["refined by a claim", "claim:/sub", asked({ authorization: token({ sub: "mia" }) }), { name: "acme (mia)", probable: false }],
  ["… inside of others, under a name with a slash", "claim:/who/a~1b", asked({ authorization: token({ who: { "a/b": 7 } }) }), { name: "acme (7)", probable: false }],
  ["… of a token that is none", "claim:/sub", asked({ authorization: "Bearer nonsense" }), { name: "acme", probable: false }],
  ["… that is no text", "claim:/sub", asked({ authorization: token({ sub: { a: 1 } }) }), { name: "acme", probable: false }],
  ["on an open service address and user agent, which is probable only", undefined, asked({ "user-agent": "curl/8" }, null), { name: "192.0.2.7 (curl/8)", probable: true }],
  ["… or what the service says", "header:X-User", asked({ "x-user": "mia" }, null), { name: "mia", probable: false }],
])("who acts is %s", (_who, source, exchange, actor) => {
  expect(compileActor(source)(exchange)).toEqual(actor);
});

it("is cut where it is long", () => {
  expect(compileActor("header:X-User")(asked({ "x-user": "x".repeat(1_000) }, null)).name).toHaveLength(120);
});
