import { expect, it } from "vitest";
import { messagesStreamDecoder } from "./stream-decoder.ts";

it("puts a block that is given whole together from its pieces: a compaction's summary", () => {
  const unknown: string[] = [];
  const decoder = messagesStreamDecoder({ makeId: (prefix) => prefix, unknown: (path) => unknown.push(path) });
  const delta = (piece: object): object => ({ type: "content_block_delta", index: 0, delta: { type: "compaction_delta", ...piece } });
  const events = [
    { type: "message_start", message: { id: "msg_1", content: [], usage: {} } },
    { type: "content_block_start", index: 0, content_block: { type: "compaction", content: null } },
    delta({ content: "They spoke " }), delta({ content: "of cats.", encrypted_content: null }), delta({ content: null, encrypted_content: "RU5D" }),
    { type: "content_block_stop", index: 0 },
  ].flatMap((event) => decoder.step({ event: "", data: JSON.stringify(event) }));
  const value = { type: "compaction", content: "They spoke of cats.", encrypted_content: "RU5D" };
  expect(events.at(-1)).toEqual({ type: "part", choice: 0, block: 0, part: { type: "native", dialect: "anthropic-messages", kind: "compaction", value } });
  expect(unknown).toEqual([]);
});

it.each([["once, where it comes with the start alone", []], ["once, where it comes again", [{ type: "content_block_delta", index: 0, delta: { type: "signature_delta", signature: "c2lnbmVk" } }]]])("tells the signature of a thought %s", (_what, more) => {
  const decoder = messagesStreamDecoder({ makeId: (prefix) => prefix });
  const events = [
    { type: "message_start", message: { id: "msg_1", content: [], usage: {} } },
    { type: "content_block_start", index: 0, content_block: { type: "thinking", thinking: "Hm", signature: "c2lnbmVk" } }, ...more,
    { type: "content_block_stop", index: 0 },
  ].flatMap((event) => decoder.step({ event: "", data: JSON.stringify(event) }));
  expect(events.filter(({ type }) => type === "signature")).toEqual([{ type: "signature", choice: 0, block: 0, signature: { dialect: "anthropic-messages", value: "c2lnbmVk" } }]);
});
