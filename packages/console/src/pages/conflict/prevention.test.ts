import { execFileSync } from "node:child_process";
import { expect, test } from "vitest";
import { preventionOf } from "./prevention.ts";

test("is a command that a shell takes, whatever the path is, and a call of the library", () => {
  const step = preventionOf({ method: "PUT", resource: "/notes/it's $HOME" }, "http://127.0.0.1:8080");
  expect(() => execFileSync("sh", ["-n", "-c", step?.curl ?? "("])).not.toThrow();
  expect(execFileSync("sh", ["-c", `curl() { printf 'ETag: "7-x"\\r\\n'; for last; do :; done; echo "$last" >&2; }; ${step?.curl.replace("-o body.json", "")} >&2; printf %s "$etag"`], { stdio: ["ignore", "pipe", "ignore"] }).toString()).toBe('"7-x"');
  expect(step?.sdk).toBe('await client.update("http://127.0.0.1:8080/notes/it\'s $HOME", (current) => ({ ...current /* your change */ }));');
});

test("deletes without a body, and is nothing for what is no change of one resource", () => {
  expect(preventionOf({ method: "DELETE", resource: "/notes/7" }, "http://h")?.curl).not.toContain("--data");
  expect(preventionOf({ method: "", resource: "/notes/7" }, "http://h")).toBeNull();
});
