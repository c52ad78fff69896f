/** Writes past the gateway that were found, by service: what is claimed of the service stays less until an operator says otherwise, or they are long ago. */

export interface Bypass {
  service: string;
  /** Path on the gateway: the last resource on which one was found. */
  path: string;
  /** Unix milliseconds. */
  foundAt: number;
}

/** One resource, as its history has it. */
export interface BypassedResource {
  path: string;
  /** How many revisions of it nobody made through the gateway, as far back as its history goes. */
  count: number;
  /** Unix milliseconds. */
  firstAt: number;
  lastAt: number;
}

export interface BypassOperations {
  keepBypass: { input: { service: string; path: string }; output: { kept: true } };
  /** Those of the last 30 days, one a service. */
  listBypasses: { input: { service: string | null }; output: Bypass[] };
  /** Of one service, the last first. */
  listBypassed: { input: { service: string; limit: number }; output: BypassedResource[] };
  /** With `foundAt` only that one, so that one which was found since is not forgotten unseen. */
  forgetBypass: { input: { service: string; foundAt?: number }; output: { forgotten: boolean } };
}
