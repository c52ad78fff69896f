/** What implements an operation of the table: typed by the table itself. */
import type { OperationName, operations } from "@parley/contract/api/operations";
import type { PathParameters } from "@parley/contract/api/operation";
import type { z } from "zod";
import type { Actor } from "../configuration/audit-drafts.ts";
import type { Caller } from "./caller.ts";
import type { Precondition } from "./etag.ts";
import type { CookiePlace } from "./session-cookie.ts";

type Table = typeof operations;

export interface OperationRequest<Name extends OperationName> {
  path: Record<PathParameters<Table[Name]["path"]>, string>;
  query: Table[Name] extends { query: infer Schema extends z.ZodObject } ? z.output<Schema> : undefined;
  body: Table[Name] extends { body: infer Schema extends z.ZodType } ? z.output<Schema> : undefined;
  /** The body before parsing: specs are kept as they were written. */
  written: unknown;
  precondition: Precondition;
  caller: Table[Name]["role"] extends "anyone" ? null : Caller;
  actor: Actor;
  clientAddress: string;
  /** Scheme and host under which the caller reached this server. */
  origin: string;
  cookie: CookiePlace;
  headers: Headers;
  /** Aborts when the client goes away. */
  signal: AbortSignal;
}

export interface OperationAnswer<Body> {
  body?: Body;
  /** The tag of the one thing that the body is, without quotes. */
  tag?: string;
  /** Where it is not the table's. */
  status?: number;
  headers?: Record<string, string>;
  /** Takes the place of the body where the operation is a stream. */
  stream?: ReadableStream<Uint8Array>;
  /** What the stream is where it is a file and not events. */
  contentType?: string;
}

type BodyOf<Name extends OperationName> = Table[Name] extends { response: infer Schema extends z.ZodType } ? z.input<Schema> : undefined;

export type Handler<Name extends OperationName> = (request: OperationRequest<Name>) => Promise<OperationAnswer<BodyOf<Name>>>;
export type Handlers = { [Name in OperationName]: Handler<Name> };
