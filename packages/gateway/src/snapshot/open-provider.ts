/** A provider with its secrets opened. */
import type { Provider } from "@parley/contract/config/ai";
import type { Logger } from "pino";
import { withOpenSecrets } from "./open-secrets.ts";

/** Without its key, rather than not at all: calls then say that the key is missing. */
export function openProvider(name: string, provider: Provider, { masterKey, log }: { masterKey: Buffer; log: Logger }): Provider {
  try {
    return withOpenSecrets(masterKey, { kind: "provider", name }, provider);
  } catch (error) {
    log.error({ error, provider: name }, "the key of a provider cannot be opened with this master key");
    const { apiKey: _apiKey, keys: _keys, accessKeyId: _id, secretAccessKey: _secret, sessionToken: _session, serviceAccount: _account, accessToken: _token, ...withoutKeys } = provider;
    return withoutKeys;
  }
}
