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

const model = 'Content-Disposition: form-data; name="model"\r\n\r\nopen';

it.each([
  ["a name in another writing", "Content-Disposition: form-data; name*=UTF-8''model\r\n\r\nclosed"],
  ["a name with needless backslashes", 'Content-Disposition: form-data; name="mo\\del"\r\n\r\nclosed', 2],
  ["a name behind a line that goes on", 'Content-Disposition: form-data;\r\n name="model"\r\n\r\nclosed'],
  ["a second name", 'Content-Disposition: form-data; name="note"; name="model"\r\n\r\nclosed'],
  ["a second disposition", 'Content-Disposition: form-data; name="note"\r\nContent-Disposition: form-data; name="model"\r\n\r\nclosed'],
  ["a name that is told behind a file's name with one in it", 'Content-Disposition: form-data; filename="; name=note"; name="model"\r\n\r\nclosed', 2],
  ["a part behind a bare line feed", 'Content-Disposition: form-data; name="note"\r\n\r\nx\n--x\nContent-Disposition: form-data; name="model"\n\nclosed'],
  ["a part behind the last", 'Content-Disposition: form-data; name="note"\r\n\r\nx\r\n--x--\r\n--x\r\nContent-Disposition: form-data; name="model"\r\n\r\nclosed'],
  ["a coded value", 'Content-Disposition: form-data; name="note"\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\nclosed'],
  ["fields that do not end", `Content-Disposition: form-data; name="note"; filename="${"a".repeat(70_000)}"\r\n\r\nclosed`],
] as [what: string, part: string, times?: number][])("a form that a provider could read with another model is none, or has two: %s", (_what, part, times) => {
  const found = formFields(Buffer.from(`--x\r\n${model}\r\n--x\r\n${part}\r\n--x--\r\n`), "x", ["model"]);
  expect(found?.get("model")?.length).toBe(times);
});

it.each([
  ["a file that says that it is not coded", 'Content-Disposition: form-data; name="file"; filename="a.wav"\r\nContent-Transfer-Encoding: binary\r\n\r\nRIFF'],
  ["a file whose name looks like a field", 'Content-Disposition: form-data; name="file"; filename="; name=model"\r\n\r\nRIFF'],
  ["a file with a name in another writing", "Content-Disposition: form-data; name=\"file\"; filename=\"a\"; filename*=UTF-8''%C3%A4.wav\r\nContent-Type: audio/wav\r\n\r\nRIFF"],
])("the model is read beside %s", (_what, part) => {
  const bytes = Buffer.from(`--x\r\n${part}\r\n--x\r\n${model}\r\n--x--`);
  expect(formFields(bytes, "x", ["model"])?.get("model")?.map(({ valueStart, valueEnd }) => bytes.toString("utf8", valueStart, valueEnd))).toEqual(["open"]);
});
