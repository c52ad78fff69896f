/** The checks of a configuration file for a service that comes alone, as the admin API takes it. */
import type { Service } from "@parley/contract/config/service";
import { authorityFindings, ownFindings } from "./services.ts";
import { pathPointer } from "../diagnostics/finding.ts";

export interface ServiceMistake {
  /** Into the service. */
  pointer: string;
  message: string;
}

export function serviceMistakes(service: Service): ServiceMistake[] {
  // Where services come alone there is no file, and so nothing that `gateway.tls` could name.
  const findings = [...ownFindings(service, []), ...authorityFindings(service, { clientAuthorities: false }, [])];
  return findings.map(({ path, message, suggestion }) => ({ pointer: pathPointer(path), message: suggestion === undefined ? message : `${message}; ${suggestion}` }));
}
