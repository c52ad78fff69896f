/**
 * Waits for the planes to come up for the first time. A gateway that cannot serve ends the start; a control plane that
 * cannot is tried again while the gateway carries calls from the snapshot on disk, unless its configuration has mistakes, or
 * the data directory cannot be used, and there is nothing else to serve.
 */
import type { Diagnostic } from "@parley/contract/api/system";
import { isProblemCode } from "@parley/contract/problems/table";
import type { ChildMessage } from "@parley/contract/processes";
import { ConfigError } from "./config-error.ts";
import { StartError } from "./start-error.ts";

export interface StartResult {
  controlReady: boolean;
  firstRun: { signInUrl: string; key: string | null } | null;
  /** What is wrong with the OpenAPI documents that the configuration names. */
  documents: readonly Diagnostic[];
}

/** The control plane gets this long to come up before people are told that the gateway serves without it. */
const controlPatienceMs = 15_000;
const hopelessControlDeaths = 3;
/** So many deaths without ever serving are no accident. */
const maxGatewayDeaths = 5;

export class StartUp {
  /** Resolves when the gateway serves and people were told so; rejects when it cannot. */
  readonly served: Promise<void>;
  #resolve: () => void = () => undefined;
  #reject: (error: Error) => void = () => undefined;
  /** Called once, and a second time if the control plane comes up after people were told that it had not. */
  readonly #tell: (result: StartResult) => void;
  readonly #waiting: Set<number>;
  #patience: NodeJS.Timeout | null = null;
  #fatal: StartError | null = null;
  #told = false;
  #toldReady = false;
  #controlReady = false;
  #firstRun: StartResult["firstRun"] = null;
  #documents: readonly Diagnostic[] = [];
  readonly #file: string;
  readonly #hasSnapshot: boolean;

  /** `file` is the configuration's, where there is one; with a snapshot of an earlier run there is something to serve. */
  constructor(options: { workers: number; file: string | null; hasSnapshot: boolean }, tell: (result: StartResult) => void) {
    const { workers, file, hasSnapshot } = options;
    this.#file = file ?? "";
    this.#hasSnapshot = hasSnapshot;
    this.#tell = tell;
    this.#waiting = new Set(Array.from({ length: workers }, (_, worker) => worker));
    this.served = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
    // Nobody waits for it any more once Parley is told to stop.
    this.served.catch(() => undefined);
  }

  gatewayMessage(worker: number, message: ChildMessage): void {
    if (message.type === "ready") this.#waiting.delete(worker);
    if (message.type === "fatal") this.#fatal = new StartError(isProblemCode(message.code) ? message.code : "internal-error", message.message);
    this.#check();
  }

  gatewayDied(worker: number, deaths: number): void {
    if (!this.#waiting.has(worker)) return;
    if (this.#fatal) this.#reject(this.#fatal);
    else if (deaths >= maxGatewayDeaths) this.#reject(new StartError("internal-error", `the gateway ended ${deaths} times before it served`, "Its own messages are above."));
  }

  /** Once it has died a few times it is not just slow. */
  controlDied(deaths: number): void {
    if (deaths >= hopelessControlDeaths && this.#waiting.size === 0 && !this.#told) this.#finish();
  }

  controlMessage(message: ChildMessage): void {
    if (message.type === "ready") {
      this.#controlReady = true;
      this.#documents = message.documents ?? [];
    }
    if (message.type === "fatal") this.#controlFailed(message);
    if (message.type === "first-run") this.#firstRun = { signInUrl: message.signInUrl, key: message.key };
    this.#check();
  }

  #controlFailed({ code, message, diagnostics }: Extract<ChildMessage, { type: "fatal" }>): void {
    if (diagnostics !== undefined) this.#reject(new ConfigError(this.#file, diagnostics));
    // A disk that is full at a first start gets no emptier by trying.
    else if (code === "data-unusable" && !this.#hasSnapshot) this.#reject(new StartError(code, message));
  }

  #check(): void {
    if (this.#waiting.size > 0 || this.#toldReady) return;
    if (this.#controlReady) this.#finish();
    else if (!this.#told) this.#patience ??= setTimeout(() => this.#finish(), controlPatienceMs);
  }

  /** Nothing more is said after `close`. */
  close(): void {
    if (this.#patience) clearTimeout(this.#patience);
    this.#toldReady = true;
  }

  #finish(): void {
    if (this.#patience) clearTimeout(this.#patience);
    this.#told = true;
    this.#toldReady = this.#controlReady;
    this.#tell({ controlReady: this.#controlReady, firstRun: this.#firstRun, documents: this.#documents });
    this.#resolve();
  }
}
