/** What every endpoint works with, the same for all calls under one snapshot. */
import type { JudgesLater } from "../admission/judges-later.ts";
import type { OpenSession } from "../admission/sessions.ts";
import type { Ask } from "../calls/ask.ts";
import type { CallPorts } from "../calls/call-ports.ts";
import type { ModelDirectory } from "../models/model-directory.ts";
import type { ObjectOwners } from "../models/object-owners.ts";
import type { PriceBook } from "../record/cost.ts";
import type { BackgroundBills } from "./background-bills.ts";
import type { ConversationTurns } from "../turns/conversation-turns.ts";

export interface EndpointParts {
  directory: ModelDirectory;
  prices: PriceBook;
  ports: CallPorts;
  /** With all that stands before the providers. */
  ask: Ask;
  /** What holds for a connection with many answers; absent where nothing does. */
  session?: OpenSession;
  /** Of what a provider answers later; absent where nothing is guarded. */
  judgesLater?: JudgesLater;
  /** Absent where nobody orders turns. */
  turns?: ConversationTurns | undefined;
  /** Absent where nothing is known of files. */
  owners?: ObjectOwners;
  /** Absent where nothing is counted later. */
  bills?: BackgroundBills;
}
