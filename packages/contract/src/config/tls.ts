/** TLS: what the gateway and the admin port show, and what the gateway shows to upstreams. Certificates and keys are named by their files, PEM, and read again when these change. */
import { z } from "zod";

const file = z.string().min(1, "the path of a PEM file");

const tlsVersion = z.enum(["1.2", "1.3"]);

/** A certificate with its chain, and its key. */
const pair = { cert: file, key: file };

export const adminTls = z.strictObject({ ...pair, minVersion: tlsVersion.default("1.2") });

export const serverTls = z.strictObject({
  ...pair,
  minVersion: tlsVersion.default("1.2"),
  /** Certificates for other names that clients ask for; `*.example.com` stands for one label. */
  sni: z
    .array(z.strictObject({ host: z.string().regex(/^(?:\*\.)?[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*$/, "a host name such as api.example.com or *.example.com"), ...pair }))
    .max(1000)
    .default([]),
  /** Authorities whose client certificates are asked for and believed. */
  clientCa: file.optional(),
  /** Their revocation lists; a client's certificate that no list in force speaks of is not believed. */
  clientCrl: file.optional(),
}).refine(({ clientCa, clientCrl }) => clientCrl === undefined || clientCa !== undefined, { message: "revocation lists are of the authorities in clientCa, which is not set", path: ["clientCrl"] });
export type ServerTls = z.output<typeof serverTls>;

export const upstreamTls = z
  .strictObject({
    /** Authorities that are believed in the place of the usual ones. */
    ca: file.optional(),
    /** What the gateway shows of itself. */
    cert: file.optional(),
    key: file.optional(),
    /** The name that the upstream's certificate is to carry; without it, the target's host. */
    serverName: z.string().regex(/^[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*$/, "a host name such as api.internal").optional(),
  })
  .refine(({ cert, key }) => (cert === undefined) === (key === undefined), { message: "a certificate needs its key, and a key its certificate", path: ["cert"] });
export type UpstreamTls = z.output<typeof upstreamTls>;

/** SHA-256 of a certificate, as `openssl x509 -fingerprint -sha256` says it, with or without colons. */
const fingerprint = z.string().regex(/^(?:sha256:)?[0-9A-Fa-f]{2}(?::?[0-9A-Fa-f]{2}){31}$/, "a fingerprint is 64 hexadecimal digits: the SHA-256 of the certificate");

/** Whose client certificates open a service, and what in them names the consumer. */
export const mutualTls = z.strictObject({
  /** Authorities of this service's callers; without it, those of `gateway.tls.clientCa`. */
  ca: file.optional(),
  /** Revocation lists of these authorities; without it nothing is held against any, or with the authorities of `gateway.tls.clientCa` against `clientCrl`. */
  crl: file.optional(),
  consumer: z.union([z.enum(["subject.CN", "san"]), z.record(fingerprint, z.string().min(1))]).default("subject.CN"),
});
export type MutualTls = z.output<typeof mutualTls>;
