/** Settings of the two processes. Those under gateway (except trustProxy and limits), admin, data and stores need a restart. */
import { z } from "zod";
import { duration, size } from "../units.ts";
import { cidr, entityName, listenHost } from "./names.ts";
import { adminTls, serverTls } from "./tls.ts";

const port = z.int().min(0).max(65_535);

export const gatewaySettings = z.strictObject({
  host: listenHost.default("127.0.0.1"),
  port: port.default(8080),
  workers: z.union([z.literal("auto"), z.int().min(1).max(256)]).default(1),
  trustProxy: z.array(cidr).default([]),
  /** HTTPS, with HTTP/2 and HTTP/1.1, in the place of plain HTTP. */
  tls: serverTls.optional(),
  limits: z
    .strictObject({
      headerBytes: size.prefault("16KiB"),
      bodyBytes: size.prefault("32MiB"),
      headersTimeout: duration.prefault("10s"),
      idleTimeout: duration.prefault("60s"),
      /** What a body that is waited for has to bring on average over each idleTimeout; 0 for as slow as it likes. */
      bodyBytesPerSecond: z.int().min(0).max(1_000_000).default(240),
      /** Wrong keys that one address may present, as a rate; 0 for as many as it likes. */
      wrongKeys: z.strictObject({ attempts: z.int().min(0).max(1_000_000).default(30), per: duration.refine((ms) => ms > 0, "a period is more than 0").prefault("1m") }).prefault({}),
    })
    .prefault({}),
});
export type GatewaySettings = z.output<typeof gatewaySettings>;

export const adminSettings = z.strictObject({
  host: listenHost.default("127.0.0.1"),
  port: port.default(8081),
  /** HTTPS in the place of plain HTTP. */
  tls: adminTls.optional(),
  /** Host names under which a reverse proxy reaches a console that listens on loopback. */
  names: z.array(z.string().regex(/^[A-Za-z0-9.-]+$/, "a host name such as parley.example.com")).max(100).default([]),
  /** An empty token is no token. */
  token: z.string().default("").refine((token) => token === "" || token.length >= 16, "a token has at least 16 characters"),
});
export type AdminSettings = z.output<typeof adminSettings>;

export const storesSettings = z.strictObject({
  config: z.string().optional(),
  ledger: z.string().optional(),
  counters: z.string().optional(),
  calls: z.string().optional(),
});

const keptBodies = z.enum(["none", "conflicts", "all"]);
export type KeptBodies = z.output<typeof keptBodies>;

export const logging = z.strictObject({
  /** Of which calls bodies are kept: of none, of those that met a conflict, of all. */
  bodies: keptBodies.default("conflicts"),
  redact: z.array(z.string().regex(/^(?:\/(?:[^~/]|~[01])*)+$/, "a JSON pointer such as /card/number")).default([]),
  /** How long calls stay in the call log; figures of them stay 400 days. */
  retain: duration.prefault("30d"),
  /** So much of a body is kept, from its beginning; of an event stream, which is mostly envelopes, 16 times as much, up to the same most. */
  bodyBytes: size.prefault("64KiB").refine((bytes) => bytes >= 1024 && bytes <= 4 * 1024 * 1024, "from 1KiB to 4MiB"),
  /** All kept bodies together; past it the oldest go. */
  bodiesBytes: size.prefault("1GiB").refine((bytes) => bytes >= 1024 * 1024, "at least 1MiB"),
  /** How long bodies are kept, where that is less than their calls. */
  retainBodies: duration.optional(),
  /** A line for each call, for other programs to read. */
  access: z
    .strictObject({
      format: z.enum(["json", "combined"]).default("json"),
      file: z.string().refine((file) => file === "stdout" || (file.startsWith("/") && !file.endsWith("/")), "stdout, or a file's whole path such as /var/log/parley/access.log").default("stdout"),
    })
    .optional(),
  /** Services whose calls stay for another time, or whose bodies are kept otherwise. */
  services: z.record(entityName, z.strictObject({ retain: duration.optional(), bodies: keptBodies.optional() })).default({}),
});
export type Logging = z.output<typeof logging>;
