import { ConfigStoreUnavailableError } from "@parley/stores/ports/config-store";
import { expect, test } from "vitest";
import { problemResponse, refusalOf } from "./problem-response.ts";

const answered = async (error: unknown): Promise<{ status: number; text: string; body: Record<string, unknown> }> => {
  const response = problemResponse(refusalOf(error), "http://127.0.0.1:8081");
  const text = await response.text();
  return { status: response.status, text, body: JSON.parse(text) as Record<string, unknown> };
};

test("a bug of the control plane is told as the control plane's, and nothing of what was thrown is", async () => {
  const { status, text, body } = await answered(new Error("no such table: people at /var/lib/parley/config.db, key sk-1234"));
  expect([status, body["code"]]).toEqual([500, "internal-error"]);
  expect(body["detail"]).toContain("control plane");
  expect(body["fix"]).toContain("control plane");
  expect(text).not.toMatch(/gateway|sk-1234|config\.db|\/var\/lib|at \//i);
});

test.each([
  [{ isDiskFull: true }, 507, "disk-full"],
  [{ isDiskFull: false }, 503, "config-store-unavailable"],
])("a store that cannot answer is no bug: %o", async (trouble, status, code) => {
  const answer = await answered(new ConfigStoreUnavailableError("database is locked", trouble));
  expect([answer.status, answer.body["code"]]).toEqual([status, code]);
  expect(answer.body["fix"]).not.toBe("");
});
