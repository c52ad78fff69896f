/** The pieces of OTLP's JSON encoding (opentelemetry-proto, "JSON Protobuf Encoding"): ids in hexadecimal, 64-bit numbers as text. */
export type AttributeValue = string | number | boolean | readonly string[];

export interface KeyValue {
  key: string;
  value: object;
}

/** What is undefined is left out. */
export function attributesOf(values: Readonly<Record<string, AttributeValue | undefined>>): KeyValue[] {
  return Object.entries(values).flatMap(([key, value]) => (value === undefined ? [] : [{ key, value: valueOf(value) }]));
}

/** From Unix milliseconds with fractions. */
export function unixNano(milliseconds: number): string {
  return String(BigInt(Math.round(milliseconds * 1000)) * 1000n);
}

export function resourceOf(service: string, worker: number): object {
  return { attributes: attributesOf({ "service.name": service, "service.instance.id": `worker-${worker}`, "telemetry.sdk.name": "parley", "telemetry.sdk.language": "nodejs" }) };
}

export const scope = { name: "parley" };

function valueOf(value: AttributeValue): object {
  if (typeof value === "string") return { stringValue: value };
  if (typeof value === "boolean") return { boolValue: value };
  if (typeof value === "number") return Number.isSafeInteger(value) ? { intValue: String(value) } : { doubleValue: value };
  return { arrayValue: { values: value.map((item) => ({ stringValue: item })) } };
}
