/** One model of one provider, as a call is sent there. */
import type { ProviderAccount } from "./provider-account.ts";
import type { TargetSpeed } from "./target-speed.ts";

export interface ModelTarget {
  readonly account: ProviderAccount;
  /** The provider's name of the model. */
  readonly model: string;
  /** What the alias says beyond the provider's own timeouts. */
  readonly firstTokenMs: number | undefined;
  readonly firstByteMs: number;
  readonly idleMs: number;
  /** Where the alias asks for the fastest. */
  readonly speed?: TargetSpeed;
  /** Names the one key of the account that may be used: what is asked for was made with it. */
  readonly keyName?: string;
  /** Called when it has answered. */
  answered?(): void;
}
