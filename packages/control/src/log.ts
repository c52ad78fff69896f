/** Structured logs on stderr: one JSON object a line. Secrets are never passed in; what could hold one is cut out besides. */
import { pino, type Logger } from "pino";

export function createLog(level: string): Logger {
  return pino(
    { name: "control", level, redact: { paths: ["authorization", "cookie", "password", "token", "secret", "apiKey", "*.authorization", "*.cookie", "*.password", "*.token", "*.secret", "*.apiKey"], censor: "***" } },
    pino.destination({ dest: 2, sync: true }),
  );
}
