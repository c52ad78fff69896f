/** When the certificates end that upstreams, the gateway and the admin port show. Looked at once an hour. */
import { X509Certificate } from "node:crypto";
import { readFile } from "node:fs/promises";
import { isIP } from "node:net";
import { connect } from "node:tls";

export type CertificatePlace = { of: string; url: string } | { of: string; file: string };

export interface CertificateEnd {
  of: string;
  endsAt: number;
}

const againAfterMs = 3_600_000;
/** One that could not be seen may be there a moment later. */
const retryAfterMs = 60_000;
const withinMs = 5_000;
const maxPlaces = 500;
const atOnce = 10;

export class Certificates {
  readonly #seen = new Map<string, { at: number; endsAt: number | null }>();

  async ends(places: readonly CertificatePlace[], now: number): Promise<CertificateEnd[]> {
    const looked = places.slice(0, maxPlaces);
    for (let index = 0; index < looked.length; index += atOnce) await Promise.all(looked.slice(index, index + atOnce).map((place) => this.#look(place, now)));
    return looked.flatMap((place) => {
      const endsAt = this.#seen.get(keyOf(place))?.endsAt ?? null;
      return endsAt === null ? [] : [{ of: place.of, endsAt }];
    });
  }

  async #look(place: CertificatePlace, now: number): Promise<void> {
    const key = keyOf(place);
    const seen = this.#seen.get(key);
    if (seen && now - seen.at < (seen.endsAt === null ? retryAfterMs : againAfterMs)) return;
    if (this.#seen.size >= maxPlaces * 2) this.#seen.clear();
    const certificate = await ("file" in place ? fromFile(place.file) : fromServer(place.url)).catch(() => null);
    this.#seen.set(key, { at: now, endsAt: certificate?.validToDate.getTime() ?? null });
  }
}

function keyOf(place: CertificatePlace): string {
  return "file" in place ? place.file : new URL(place.url).origin;
}

async function fromFile(path: string): Promise<X509Certificate> {
  return new X509Certificate(await readFile(path));
}

/** Whether it is believed does not matter here: a private authority's certificate ends too. Nothing is sent. */
function fromServer(url: string): Promise<X509Certificate> {
  const { hostname, port } = new URL(url);
  const host = hostname.replace(/^\[|\]$/g, "");
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port: Number(port || 443), rejectUnauthorized: false, ...(isIP(host) === 0 ? { servername: host } : {}), timeout: withinMs });
    socket.once("error", reject);
    socket.once("timeout", () => socket.destroy(new Error("it does not answer in time")));
    socket.once("secureConnect", () => {
      const certificate = socket.getPeerX509Certificate();
      socket.destroy();
      if (certificate) resolve(certificate);
      else reject(new Error("it shows no certificate"));
    });
  });
}
