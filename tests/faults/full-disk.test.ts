/** A full disk stops what is written down and never a call; it is said loudly, and ends by itself once there is room. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, statfsSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { startEcho } from "../harness/echo-upstream.ts";
import { eventually } from "../harness/eventually.ts";
import { startParley } from "../harness/start-parley.ts";

interface SmallDisk extends Disposable {
  path: string;
  /** Nothing more fits. */
  fill(): void;
  free(): void;
}

/** Null where this user may not make one. */
function smallDisk(megabytes: number): SmallDisk | null {
  const path = mkdtempSync(join(tmpdir(), "parley-small-disk-"));
  if (spawnSync("mount", ["-t", "tmpfs", "-o", `size=${megabytes}m,mode=0700`, "tmpfs", path]).status !== 0) {
    rmSync(path, { recursive: true });
    return null;
  }
  const filling = join(path, "filling");
  return {
    path,
    fill: () => {
      for (let round = 0; round < 20; round++) {
        const { bavail, bsize } = statfsSync(path);
        if (bavail === 0) return;
        writeFileSync(filling, Buffer.alloc(bavail * bsize), { flag: "a" });
      }
    },
    free: () => rmSync(filling, { force: true }),
    [Symbol.dispose]: () => {
      spawnSync("umount", ["-l", path]);
      rmSync(path, { recursive: true, force: true });
    },
  };
}

test("with no byte left on the disk every call is answered, the loss is counted and told, and the log goes on when there is room", async (context) => {
  using disk = smallDisk(64);
  if (disk === null) return context.skip();
  await using echo = await startEcho();
  await using parley = await startParley({ yaml: `services: { notes: { path: /notes, access: open, upstream: { targets: [{ url: "${echo.url}" }] } } }\n`, dataDirectory: join(disk.path, "data") });
  const call = async (path: string): Promise<number> => (await fetch(`${parley.gatewayUrl}/notes/${path}`)).status;
  const logged = async (path: string): Promise<boolean> => ((await (await parley.admin(`/api/calls?query=${encodeURIComponent(`path:/notes/${path}`)}`)).json()) as { items?: unknown[] }).items?.length === 1;
  expect(await call("before")).toBe(200);
  await eventually(() => logged("before"));

  disk.fill();
  const statuses = new Set<number>();
  await eventually(async () => {
    for (let index = 0; index < 20; index++) statuses.add(await call("while-full"));
    disk.fill();
    return /call records cannot be written to the spool|No space left|ENOSPC/.test(parley.output());
  }, { withinMs: 60_000 });
  expect([...statuses]).toEqual([200]);
  const dropped = await eventually(async () => Number(/^parley_call_records_dropped_total\{[^}]*\} (\d+)/m.exec(await (await parley.admin("/metrics")).text())?.[1] ?? 0), { withinMs: 60_000 });
  expect(dropped).toBeGreaterThan(0);
  const [ready, alive, metrics] = await Promise.all(["/readyz", "/healthz", "/metrics"].map((path) => parley.admin(path)));
  expect([ready?.status, alive?.status]).toEqual([200, 200]);
  expect(await ready?.json()).toMatchObject({ status: "ready", checks: { disk: { ok: false, detail: expect.stringContaining("0 MiB left") as string } }, warnings: expect.arrayContaining(["disk"]) as string[] });
  expect(await alive?.json()).toMatchObject({ warnings: ["disk"] });
  expect(Number(/^parley_disk_free_bytes (\d+)/m.exec(await (metrics as Response).text())?.[1])).toBeLessThan(1_000_000);

  // What was written before may have left a page or two to write in.
  let people = 0;
  await eventually(async () => {
    const refused = await parley.admin("/api/people", { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify({ name: `person-${people++}`, role: "viewer" }) });
    return refused.status === 507 && ((await refused.json()) as { code: string }).code === "disk-full";
  });

  disk.free();
  expect(await call("after")).toBe(200);
  await eventually(async () => ((await (await parley.admin("/healthz")).json()) as { warnings: string[] }).warnings.length === 0);
  await eventually(async () => {
    await call("after-that");
    return await logged("before") && ((await (await parley.admin("/api/calls?query=path:/notes/after-that")).json()) as { items?: unknown[] }).items?.length;
  }, { withinMs: 60_000 });
}, 180_000);
