/** What an error of the HTTP client after sending means to a caller. */
import type { TransportFailure } from "./transport.ts";

const protocolCodes = new Set(["UND_ERR_HEADERS_OVERFLOW", "UND_ERR_RES_EXCEEDED_MAX_SIZE", "UND_ERR_INVALID_ARG", "UND_ERR_REQ_CONTENT_LENGTH_MISMATCH"]);

export function failureKind(error: Error): TransportFailure["kind"] {
  const code = (error as NodeJS.ErrnoException).code ?? "";
  if (code === "UND_ERR_ABORTED") return "aborted";
  // An upstream that speaks something else than HTTP; one that closes early is a reset, whatever the parser says of it.
  if (code.startsWith("HPE_") && code !== "HPE_INVALID_EOF_STATE") return "protocol";
  if (protocolCodes.has(code) || error.message === "bad response") return "protocol";
  return "reset";
}
