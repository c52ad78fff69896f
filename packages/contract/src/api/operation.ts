/** The shape of one operation of the admin API, from which the server's checks, the OpenAPI document and the clients' types come. */
import type { z } from "zod";

export type Role = "owner" | "editor" | "viewer";

export interface Operation {
  method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  /** With parameters in braces: /api/services/{name}. */
  path: string;
  summary: string;
  tag: string;
  /** The least role that may do it; `anyone` needs no sign-in. */
  role: Role | "anyone";
  /** An existing thing is changed: If-Match is required (428), and a stale one refused (412). `create` accepts If-None-Match: * as well. */
  guard?: "change" | "create-or-change";
  query?: z.ZodObject;
  body?: z.ZodType;
  /** The body is a text of one of these types and is not parsed; `body` is a string then. */
  text?: readonly string[];
  /** Absent: 204. A stream is server-sent events, each datum of this type. */
  response?: z.ZodType;
  status?: 200 | 201 | 204;
  stream?: boolean;
  /** The answer is a file of one of these types instead of JSON. */
  media?: readonly string[];
}

/** The names in the braces of a path. */
export type PathParameters<Path extends string> = Path extends `${string}{${infer Name}}${infer Rest}` ? Name | PathParameters<Rest> : never;
