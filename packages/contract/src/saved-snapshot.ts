/**
 * The last good snapshot as it is on disk: one JSON text, or, of a long one, the lines in which the channel brings it. Read with
 * everything in one turn: whoever reads it serves nobody yet.
 */
import { maxChannelMessageBytes, type ControlMessage } from "./channel.ts";
import { JsonLines } from "./json-lines.ts";
import type { Snapshot } from "./snapshot.ts";

export type SavedMessage = Extract<ControlMessage, { type: "snapshot" | "part" | "keys" }>;

/** The one of type `snapshot` is the last. Throws where it is no snapshot. */
export function eachSavedMessage(bytes: Buffer, take: (message: SavedMessage) => void): void {
  let isWhole = false;
  const lines = new JsonLines(maxChannelMessageBytes, (line) => {
    const message = messageOf(line);
    isWhole = message.type === "snapshot";
    take(message);
  });
  lines.push(bytes);
  // A text by itself need not end its line.
  lines.push(Buffer.from("\n"));
  if (!isWhole) throw new Error("this is no whole snapshot");
}

function messageOf(line: unknown): SavedMessage {
  const message = (typeof line === "object" && line !== null && "type" in line ? line : { type: "snapshot", snapshot: line }) as SavedMessage;
  if (message.type !== "snapshot") return message;
  const snapshot = message.snapshot as Partial<Snapshot> | null;
  if (typeof snapshot?.version !== "number" || typeof snapshot.entities !== "object") throw new Error("this is no snapshot");
  return message;
}
