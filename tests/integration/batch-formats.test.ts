/** The settings for other APIs' batches as docs/conflicts.md gives them, on requests and answers as those APIs have them. */
import { readConfigText } from "@parley/config";
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { expect, it } from "vitest";
import type { Json } from "@parley/merge";
import type { Answer } from "../../packages/gateway/src/exchange/whole-answer.ts";
import type { GuardedCall } from "../../packages/gateway/src/policies/conflict/guard/guarded-call.ts";
import { type BatchItem, readItem } from "../../packages/gateway/src/policies/conflict/batches/batch-item.ts";
import { type BatchPlan, batchKey, compileBatches } from "../../packages/gateway/src/policies/conflict/batches/batch-plan.ts";
import { itemResults } from "../../packages/gateway/src/policies/conflict/batches/batch-results.ts";

const documentation = readFileSync(resolve(import.meta.dirname, "../../docs/conflicts.md"), "utf8");
const [block = ""] = /^services:\n {2}odata:[\s\S]*?(?=^```)/m.exec(documentation) ?? [];
const { config } = readConfigText(block, { environment: {} });

function planOf(name: string, method: string, path: string): BatchPlan {
  const service = config?.services[name];
  const plan = compileBatches(service?.conflict.batches ?? [], service?.path ?? "")?.get(batchKey(method, path));
  if (plan === undefined) throw new Error(`no batch at ${path}`);
  return plan;
}

function itemsOf(plan: BatchPlan, items: Json[]): BatchItem[] {
  const call = { exchange: { caller: null }, plan: { service: "any", settings: {} } } as unknown as GuardedCall;
  return items.map((item, index) => readItem(call, plan, { item, index }));
}

function statusesOf(plan: BatchPlan, items: BatchItem[], answer: Json, status = 200): number[] {
  const whole: Answer = { status, rawHeaders: [], statusText: "", body: Buffer.from(JSON.stringify(answer)) };
  return itemResults(plan.settings, items, whole).map((result) => result.answer.status);
}

const essence = ({ method, path, ifMatch, refusal }: BatchItem): unknown => [method, path, ifMatch, refusal?.code ?? null];

it("OData: requests with absolute and relative addresses, results by id in any order", () => {
  const plan = planOf("odata", "POST", "/odata/%24batch");
  const items = itemsOf(plan, [
    { id: "0", method: "get", url: "/odata/Products(0)" },
    { id: "1", method: "patch", url: "Products(1)?$select=Name", headers: { "If-Match": 'W/"3"' }, body: { Name: "x" } },
    { id: "2", method: "put", url: "https://host.example/odata/Products(2)", headers: { "If-Match": 'W/"4"' }, body: {} },
    { id: "3", method: "delete", url: "../../odata" },
  ]);
  expect(items.map(essence)).toEqual([
    ["GET", "/odata/Products(0)", null, null], ["PATCH", "/odata/Products(1)", 'W/"3"', null], ["PUT", "/odata/Products(2)", 'W/"4"', null], ["DELETE", "/odata/odata", null, null],
  ]);
  expect(statusesOf(plan, items.slice(0, 3), { responses: [{ id: "2", status: 412 }, { id: "0", status: 200 }, { id: "1", status: 204 }] })).toEqual([200, 204, 412]);
});

it("FHIR: a bundle posted to the base, with statuses in words", () => {
  const plan = planOf("fhir", "POST", "/fhir/");
  const items = itemsOf(plan, [
    { resource: { resourceType: "Patient", id: "7" }, request: { method: "PUT", url: "Patient/7", ifMatch: 'W/"5"' } },
    { resource: { resourceType: "Patient" }, request: { method: "POST", url: "Patient" } },
    { request: { method: "DELETE", url: "Patient/8" } },
  ]);
  expect(items.map(essence)).toEqual([["PUT", "/fhir/Patient/7", 'W/"5"', null], ["POST", "/fhir/Patient", null, null], ["DELETE", "/fhir/Patient/8", null, null]]);
  expect(statusesOf(plan, items, { entry: [{ response: { status: "412 Precondition Failed" } }, { response: { status: "201 Created" } }, { response: { status: "204" } }] })).toEqual([412, 201, 204]);
});

it("JSON:API: atomic operations", () => {
  const plan = planOf("json-api", "POST", "/shop/operations");
  const items = itemsOf(plan, [{ op: "add", data: { type: "articles" } }, { op: "update", ref: { type: "articles", id: "13" }, meta: { ifMatch: '"a"' } }, { op: "remove", ref: { type: "articles", id: "a/b" } }, { op: "move" }]);
  expect(items.map(essence)).toEqual([["POST", "", null, null], ["PATCH", "/shop/articles/13", '"a"', null], ["DELETE", "/shop/articles/a%2Fb", null, null], ["", "", null, "malformed-batch"]]);
  expect(statusesOf(plan, items.slice(0, 3), {}, 200)).toEqual([200, 200, 200]);
});

it("CouchDB: documents with their revision, and results with an error's name", () => {
  const plan = planOf("couchdb", "POST", "/db/_bulk_docs");
  const items = itemsOf(plan, [{ _id: "a", _rev: "1-abc", n: 1 }, { _id: "b", n: 1 }, { _id: "c", _rev: "2-def", _deleted: true }, { _id: "d", _deleted: false }]);
  expect(items.map(essence)).toEqual([["PUT", "/db/a", '"1-abc"', null], ["PUT", "/db/b", null, null], ["DELETE", "/db/c", '"2-def"', null], ["PUT", "/db/d", null, null]]);
  expect(items[0]?.body?.toString()).toBe('{"_id":"a","n":1}');
  expect(statusesOf(plan, items.slice(0, 3), [{ ok: true, id: "a", rev: "2-x" }, { id: "b", error: "conflict", reason: "Document update conflict." }, { id: "c", error: "forbidden" }], 201)).toEqual([201, 409, 422]);
});
