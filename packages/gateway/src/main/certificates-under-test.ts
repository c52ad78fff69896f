/** For tests: certificate authorities, certificates and revocation lists, made by openssl in a folder of their own. */
import { execFileSync } from "node:child_process";
import { X509Certificate } from "node:crypto";
import { copyFileSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

export interface IssueOptions {
  /** Subject alternative names as openssl writes them, such as DNS:api.test. */
  names?: string;
  authority?: boolean;
  /** Days from now; negative for one that has ended. */
  days?: number;
  /** The issuer's name; itself where there is none. */
  by?: string;
}

export interface RevocationOptions {
  by: string;
  revoked?: string[];
  /** As openssl writes moments; without it the list is in force for a day. */
  nextUpdate?: string;
  /** As openssl writes extensions. */
  extension?: string;
}

export interface CertificatesUnderTest {
  /** The certificate's file, or the key's. */
  cert(name: string): string;
  key(name: string): string;
  /** Named by its common name. */
  issue(name: string, options?: IssueOptions): void;
  /** Puts one certificate and its key in another's place, as a renewal does. */
  replace(name: string, by: string): void;
  /** A file with several certificates, the first one's own first. */
  bundle(name: string, members: string[]): string;
  /** A revocation list, PEM; takes the place of one with the same name. */
  revocationList(name: string, options: RevocationOptions): string;
  remove(): void;
}

export function makeCertificates(): CertificatesUnderTest {
  const folder = mkdtempSync(join(tmpdir(), "parley-certificates-"));
  const path = (name: string, ending: string): string => join(folder, `${name}.${ending}`);
  const openssl = (...args: string[]): void => void execFileSync("openssl", args, { stdio: "pipe" });
  const cert = (name: string): string => path(name, "pem");
  const key = (name: string): string => path(name, "key");
  return {
    cert,
    key,
    issue(name, { names, authority = false, days = 2, by } = {}) {
      const extensions = [`basicConstraints=critical,CA:${authority ? "TRUE" : "FALSE"}`, ...(authority ? ["keyUsage=critical,keyCertSign,cRLSign"] : []), ...(names === undefined ? [] : [`subjectAltName=${names}`])];
      writeFileSync(path(name, "ext"), extensions.join("\n"));
      openssl("req", "-new", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", key(name), "-out", path(name, "csr"), "-subj", `/CN=${name}`);
      const issuer = by === undefined ? ["-signkey", key(name)] : ["-CA", cert(by), "-CAkey", key(by), "-CAcreateserial"];
      openssl("x509", "-req", "-in", path(name, "csr"), ...issuer, "-days", String(days), "-extfile", path(name, "ext"), "-out", cert(name));
    },
    replace(name, by) {
      copyFileSync(key(by), key(name));
      copyFileSync(cert(by), cert(name));
    },
    bundle(name, members) {
      writeFileSync(cert(name), members.map((member) => readFileSync(cert(member), "latin1")).join(""));
      return cert(name);
    },
    revocationList(name, { by, revoked = [], nextUpdate, extension }) {
      const serials = revoked.map((one) => new X509Certificate(readFileSync(cert(one))).serialNumber);
      writeFileSync(path(name, "index"), serials.map((serial) => `R\t400101000000Z\t260101000000Z\t${serial}\tunknown\t/CN=revoked\n`).join(""));
      const extensions = extension === undefined ? [] : ["crl_extensions=more", "[more]", extension];
      writeFileSync(path(name, "cnf"), ["[ca]", "default_ca=own", "[own]", `database=${path(name, "index")}`, "default_md=sha256", ...extensions, ""].join("\n"));
      const until = nextUpdate === undefined ? ["-crldays", "1"] : ["-crl_lastupdate", "20200101000000Z", "-crl_nextupdate", nextUpdate];
      openssl("ca", "-gencrl", "-config", path(name, "cnf"), "-cert", cert(by), "-keyfile", key(by), ...until, "-out", `${path(name, "crl")}.new`);
      renameSync(`${path(name, "crl")}.new`, path(name, "crl"));
      return path(name, "crl");
    },
    remove: () => rmSync(folder, { recursive: true }),
  };
}
