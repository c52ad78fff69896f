/** How the client of an unguarded write prevents the loss itself, once the service is protected: a command and a call of the client library. */
import type { NextStep } from "@parley/contract/conflicts/problem";
import type { ConflictRecord } from "@parley/contract/conflicts/record";

/** Null where there is nothing that the client could send. */
export function preventionOf({ method, resource }: Pick<ConflictRecord, "method" | "resource">, gatewayUrl: string): NextStep | null {
  if (method !== "PUT" && method !== "PATCH" && method !== "DELETE") return null;
  const url = `${gatewayUrl}${resource}`;
  const key = '-H "Authorization: Bearer $PARLEY_KEY"';
  const body = method === "DELETE" ? "" : " -H 'Content-Type: application/json' --data-binary @body.json";
  const read = `etag=$(curl -s -o body.json -D - ${key} ${quoted(url)} | tr -d '\\r' | sed -n 's/^etag: //Ip')`;
  return {
    what: "Keep the ETag of what was read, and send it with the change: once the service is protected, a write on top of something else is refused and not lost.",
    curl: `${read} && curl -X ${method} ${key} -H "If-Match: $etag"${body} ${quoted(url)}`,
    sdk: method === "DELETE" ? `await client.remove(${JSON.stringify(url)});` : `await client.update(${JSON.stringify(url)}, (current) => ({ ...current /* your change */ }));`,
  };
}

/** For a POSIX shell: nothing inside single quotes means anything but the quote itself. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`;
}
