/** Where a request's body comes from: one for each HTTP version. Nothing is asked of the client before somebody reads. */
export interface BodySource {
  /** Once. Asks the client for the body where it waits for that, and hands over what comes, also within this call. */
  read(reader: BodyReader): void;
  pause(): void;
  resume(): void;
  readonly isPaused: boolean;
}

export interface BodyReader {
  take(chunk: Buffer): void;
  /** Only where the body is whole. A body that breaks off is told by the connection's end. */
  ended(): void;
}

/** Of a request without a body. */
export const noBody: BodySource = { read: (reader) => reader.ended(), pause: () => {}, resume: () => {}, isPaused: false };
