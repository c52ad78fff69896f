/** The structured log: one JSON object a line on stderr. Calls are not logged here; they have their records. */
import { pino, type Logger } from "pino";

/** `level` as pino names it: debug, info, warn, error. */
export function openLog(worker: number, level: string): Logger {
  return pino(
    {
      level,
      base: { process: "gateway", worker },
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      serializers: { error: pino.stdSerializers.err },
      // A header section could get in through an error's own members; its secrets may not.
      redact: ["*.headers.authorization", "*.headers['x-api-key']", "*.headers['x-goog-api-key']", "*.headers['api-key']", "*.headers.apikey", "*.apiKey", "*.secretAccessKey", "*.sessionToken", "*.serviceAccount", "*.accessToken", "*.keys[*].apiKey"],
    },
    pino.destination({ dest: 2, sync: true }),
  );
}
