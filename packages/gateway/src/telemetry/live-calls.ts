/** Records of calls as they end, for people who watch: in batches, bounded, and only while somebody does. */
import type { CallRecord } from "@parley/contract/call-record";
import type { GatewayMessage } from "@parley/contract/channel";

const batchEveryMs = 100;
const maxBatch = 200;

export class LiveCalls {
  #send: (message: GatewayMessage) => void;
  #records: CallRecord[] = [];
  #dropped = 0;
  #timer: NodeJS.Timeout | null = null;

  constructor(send: (message: GatewayMessage) => void) {
    this.#send = send;
  }

  watch(on: boolean): void {
    if (on === (this.#timer !== null)) return;
    if (this.#timer) clearInterval(this.#timer);
    this.#timer = on ? setInterval(() => this.#flush(), batchEveryMs).unref() : null;
    this.#records = [];
    this.#dropped = 0;
  }

  ended(record: CallRecord): void {
    if (this.#timer === null) return;
    if (this.#records.length < maxBatch) this.#records.push(record);
    else this.#dropped++;
  }

  #flush(): void {
    if (this.#records.length === 0) return;
    this.#send({ type: "calls", records: this.#records, dropped: this.#dropped });
    this.#records = [];
    this.#dropped = 0;
  }
}
