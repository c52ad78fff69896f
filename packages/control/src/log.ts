/** Structured logs on stderr: one JSON object a line. Secrets are never passed in; what could hold one is cut out besides. */
import { pino, type Logger } from "pino";

const secretNames = ["authorization", "cookie", "password", "token", "secret", "apiKey", "secretAccessKey", "sessionToken", "serviceAccount", "accessToken"];

export function createLog(level: string): Logger {
  return pino(
    {
      level,
      base: { process: "control" },
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      redact: { paths: [...secretNames, ...secretNames.map((name) => `*.${name}`)], censor: "***" },
    },
    pino.destination({ dest: 2, sync: true }),
  );
}
