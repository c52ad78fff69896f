/** Creates of unique values in batches: what is there already is not created again, by whichever way it came. */
import { describe, expect, it } from "vitest";
import { stoppedAfterEach } from "../testing/stopped-after-each.ts";
import { type Batching, plainBatch, startBatching } from "./batch-upstream.test-support.ts";

/** Items name their collection, and the upstream's results show what was made. */
const creating = { ...plainBatch, item: { ...plainBatch.item, resource: "/{/in}" }, results: { items: "/results", status: "/status", body: "/made" } };

const start = stoppedAfterEach(async (onDuplicate: "reject" | "return-existing" | "convert-to-update"): Promise<Batching & { create: (...emails: string[]) => Promise<{ status: number; made?: unknown; problem?: unknown }[]> }> => {
  const started = await startBatching({ mode: "enforce", uniqueKey: "/email", onDuplicate, batches: [creating] as never });
  let made = 0;
  started.before = (response, operations) => {
    const results = operations.map(({ body }) => {
      const document = { id: `p${(made += 1)}`, ...(body as object) };
      started.kept.set(`/people/${document.id}`, JSON.stringify(document));
      return { status: 201, made: document };
    });
    return Boolean(response.writeHead(200, { "Content-Type": "application/json" }).end(JSON.stringify({ results })));
  };
  const create = async (...emails: string[]): Promise<{ status: number; made?: unknown; problem?: unknown }[]> => {
    const answer = await started.post(emails.map((email) => ({ in: "people", method: "POST", body: { email } })));
    return (answer.body as { results: { status: number }[] }).results ?? (answer.body as { items: { status: number }[] }).items;
  };
  return Object.assign(started, { create });
});

describe("a create of what is there already", () => {
  it.each(["reject", "convert-to-update"] as const)("is refused as a duplicate, and the others are made (%s)", async (onDuplicate) => {
    const { create, kept } = await start(onDuplicate);
    expect(await create("a@x", "b@x")).toMatchObject([{ status: 201 }, { status: 201 }]);
    expect(await create("c@x", "a@x")).toMatchObject([{ status: 201 }, { status: 409 }]);
    expect([...kept.keys()].filter((path) => path.startsWith("/people/"))).toHaveLength(3);
  });

  it("is answered with what is there where the service says so", async () => {
    const { create } = await start("return-existing");
    await create("a@x");
    expect(await create("a@x", "b@x")).toMatchObject([{ status: 200, made: { id: "p1", email: "a@x" } }, { status: 201 }]);
  });

  it("is found by a create that comes alone, and by another item of the same batch", async () => {
    const { create, call } = await start("reject");
    expect(await create("a@x", "a@x")).toMatchObject([{ status: 201 }, { status: 400 }]);
    expect((await call("POST", "/notes/people", { body: { email: "a@x" } })).body).toMatchObject({ cause: "state-mismatch", subcause: "duplicate" });
  });

  it("minds the lease on its collection", async () => {
    const { create, call, batches } = await start("reject");
    await call("LOCK", "/notes/people", { key: "bob-key" });
    expect(await create("a@x")).toMatchObject([{ status: 423 }]);
    expect(batches).toEqual([]);
  });
});
