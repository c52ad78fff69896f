/** Says at the start what is wrong with the admin port's certificate: the control plane would try again and again, and nobody could look why. */
import { readFileSync } from "node:fs";
import { createSecureContext } from "node:tls";
import type { Settings } from "./settings.ts";
import { StartError } from "./start-error.ts";

export function expectUsableCertificate({ tls }: Settings["admin"]): void {
  if (tls === undefined) return;
  try {
    createSecureContext({ cert: readFileSync(tls.cert), key: readFileSync(tls.key) });
  } catch (error) {
    throw new StartError("certificate-unusable", `admin.tls cannot be used (${tls.cert}, ${tls.key}): ${error instanceof Error ? error.message : String(error)}`);
  }
}
