import fc from "fast-check";
import { expect, it } from "vitest";
import { boundaryOf } from "../../exchange/mime-parts.ts";
import { formFields } from "./form-fields.ts";

async function formOf(fields: [name: string, value: string | Blob][]): Promise<{ bytes: Buffer; boundary: string }> {
  const form = new FormData();
  for (const [name, value] of fields) form.append(name, value);
  const request = new Request("http://localhost", { method: "POST", body: form });
  const boundary = boundaryOf(request.headers.get("content-type") ?? "", "form-data");
  return { bytes: Buffer.from(await request.arrayBuffer()), boundary: boundary ?? "" };
}

it("finds a field before and behind files whatever bytes they hold", async () => {
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), fc.string(), fc.boolean(), async (file, model, isBehind) => {
      const field: [string, string] = ["model", model];
      const upload: [string, Blob] = ["file", new Blob([file, "\r\n--not the boundary\r\n\r\n", file])];
      const { bytes, boundary } = await formOf(isBehind ? [upload, field] : [field, upload]);
      const range = formFields(bytes, boundary, ["model"])?.get("model")?.[0];
      // A form normalises line ends of text fields.
      expect(range && bytes.toString("utf8", range.valueStart, range.valueEnd)).toBe(Buffer.from(model).toString("utf8").replaceAll(/\r\n|\r|\n/g, "\r\n"));
    }),
    { numRuns: 60 },
  );
});

it("finds a field as often as it is there, and none of another name", async () => {
  const { bytes, boundary } = await formOf([["model", "one"], ["name", "model"], ["model", "two"]]);
  const fields = formFields(bytes, boundary, ["model", "size"]);
  expect([...(fields?.keys() ?? [])]).toEqual(["model"]);
  expect(fields?.get("model")?.map(({ valueStart, valueEnd }) => bytes.toString("utf8", valueStart, valueEnd))).toEqual(["one", "two"]);
});

it.each(["", "--x", "--x\r\nno header", "--x\r\nContent-Disposition: form-data; name=\"model\"\r\n\r\nvalue without an end"])("finds nothing in %j", (text) => {
  expect(formFields(Buffer.from(text), "x", ["model"])).toBeNull();
});
