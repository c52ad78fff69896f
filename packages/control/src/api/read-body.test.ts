import { expect, test } from "vitest";
import { readText } from "./read-body.ts";

test("a body that breaks off is the client's doing, and no operation that failed", async () => {
  const body = new ReadableStream({
    pull(controller) {
      controller.error(new Error("aborted"));
    },
  });
  await expect(readText(new Request("http://127.0.0.1/", { method: "POST", body, duplex: "half" } as RequestInit), 100)).rejects.toMatchObject({ refusal: { code: "malformed-request", detail: "the body ended before it was whole" } });
});
