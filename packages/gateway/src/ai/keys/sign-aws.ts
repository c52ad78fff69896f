// Hot path: once for each request to Bedrock that has no API key.
/** AWS's signature, version 4. https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html */
import { createHash, createHmac, hash } from "node:crypto";
import { isWhole } from "../../upstreams/body-pieces.ts";
import type { OutgoingRequest } from "../../upstreams/transport.ts";

export interface AwsCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string | undefined;
  readonly region: string;
  readonly service: string;
}

/** Adds the fields of the signature. The body has to be there whole, since it is signed too. */
export function signAws(request: OutgoingRequest, credentials: AwsCredentials, nowMs: number): void {
  const time = new Date(nowMs).toISOString().replaceAll(/[-:]|\.\d{3}/g, "");
  const date = time.slice(0, 8);
  const payload = digestOf(request.body);
  const added = ["x-amz-date", time, "x-amz-content-sha256", payload, ...(credentials.sessionToken ? ["x-amz-security-token", credentials.sessionToken] : [])];
  request.rawHeaders.push(...added);
  const fields = signedFields(request.rawHeaders);
  const names = fields.map(([name]) => name).join(";");
  const [path = "/", query = ""] = request.path.split("?");
  const canonical = [request.method, canonicalPath(path), canonicalQuery(query), ...fields.map(([name, value]) => `${name}:${value}`), "", names, payload].join("\n");
  const scope = `${date}/${credentials.region}/${credentials.service}/aws4_request`;
  const text = ["AWS4-HMAC-SHA256", time, scope, hash("sha256", canonical, "hex")].join("\n");
  const key = ["aws4_request", credentials.service, credentials.region, date].reduceRight<Buffer | string>((secret, step) => hmac(secret, step), `AWS4${credentials.secretAccessKey}`);
  const signature = createHmac("sha256", key).update(text).digest("hex");
  request.rawHeaders.push("Authorization", `AWS4-HMAC-SHA256 Credential=${credentials.accessKeyId}/${scope}, SignedHeaders=${names}, Signature=${signature}`);
}

/** In pieces as they are: a large body is not put together for it. */
function digestOf(body: OutgoingRequest["body"]): string {
  if (body === null || !isWhole(body)) return hash("sha256", "", "hex");
  if (Buffer.isBuffer(body)) return hash("sha256", body, "hex");
  const sum = createHash("sha256");
  for (const piece of body) sum.update(piece);
  return sum.digest("hex");
}

function hmac(key: Buffer | string, text: string): Buffer {
  return createHmac("sha256", key).update(text).digest();
}

/** What proxies on the way may change is not signed. */
function signedFields(rawHeaders: readonly string[]): [name: string, value: string][] {
  const fields: [string, string][] = [];
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = (rawHeaders[index] ?? "").toLowerCase();
    if (name === "host" || name === "content-type" || name.startsWith("x-amz-")) fields.push([name, (rawHeaders[index + 1] ?? "").trim().replaceAll(/ +/g, " ")]);
  }
  return fields.sort(([one], [other]) => (one < other ? -1 : 1));
}

/** Every segment is encoded once more than it is sent, as for all of AWS but S3. */
function canonicalPath(path: string): string {
  return path.split("/").map(encodeSegment).join("/");
}

function encodeSegment(text: string): string {
  return encodeURIComponent(text).replaceAll(/[!'()*]/g, (letter) => `%${letter.charCodeAt(0).toString(16).toUpperCase()}`);
}

function canonicalQuery(query: string): string {
  if (query === "") return "";
  return query.split("&").map((pair) => (pair.includes("=") ? pair : `${pair}=`)).sort().join("&");
}
