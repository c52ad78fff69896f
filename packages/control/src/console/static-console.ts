/**
 * Serves the built console: hashed assets for ever, everything else as the page, which finds its own way. No script and
 * no style is inline, and nothing comes from elsewhere. May import nothing of the admin API.
 */
import { readFile, stat } from "node:fs/promises";
import { extname, join, normalize, sep } from "node:path";
import { promisify } from "node:util";
import { gzip } from "node:zlib";

export interface Console {
  answer(request: Request): Promise<Response>;
}

const contentTypes: Record<string, string> = {
  ".html": "text/html; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8", ".svg": "image/svg+xml",
  ".json": "application/json", ".map": "application/json", ".png": "image/png", ".ico": "image/x-icon", ".woff2": "font/woff2",
  ".txt": "text/plain; charset=utf-8", ".webmanifest": "application/manifest+json",
};

const contentSecurityPolicy = [
  "default-src 'none'", "script-src 'self'", "style-src 'self'", "img-src 'self' data:", "media-src data:", "font-src 'self'", "connect-src 'self'",
  "manifest-src 'self'", "base-uri 'none'", "form-action 'self'", "frame-ancestors 'none'",
].join("; ");

interface Asset {
  bytes: Buffer;
  gzipped: Buffer | null;
  /** Changes when the file does. */
  stamp: string;
}

const maxAssets = 512;
const compress = promisify(gzip);

/** `folder` is where the build is. */
export function staticConsole(folder: string): Console {
  const assets = new Map<string, Asset>();
  return {
    answer: async (request) => {
      const path = safePath(new URL(request.url).pathname);
      const wanted = path === null || path === sep ? "index.html" : path;
      const asset = await load(join(folder, wanted), assets);
      if (asset) return answer(request, { asset, name: wanted });
      // A missing script is no page: the browser would say something misleading about its type.
      if (isFile(wanted)) return new Response("There is no such file.\n", { status: 404, headers: { "Content-Type": "text/plain; charset=utf-8" } });
      const page = await load(join(folder, "index.html"), assets);
      return page ? answer(request, { asset: page, name: "index.html" }) : notBuilt();
    },
  };
}

/** What the build makes lies in assets/ or at the top; anything else with a dot is a name on a page's path, such as acme.example. */
function isFile(path: string): boolean {
  return path.startsWith(`${sep}assets${sep}`) || (path.lastIndexOf(sep) === 0 && extname(path) !== ".html" && Object.hasOwn(contentTypes, extname(path)));
}

/** Null for what leads out of the folder. */
function safePath(pathname: string): string | null {
  try {
    const path = normalize(decodeURIComponent(pathname));
    return path.startsWith(sep) && !path.includes("\0") && !path.split(sep).includes("..") ? path : null;
  } catch {
    return null;
  }
}

async function load(path: string, assets: Map<string, Asset>): Promise<Asset | null> {
  const found = await stat(path).catch(() => null);
  if (!found?.isFile()) return null;
  const stamp = `${found.mtimeMs}/${found.size}`;
  const known = assets.get(path);
  if (known?.stamp === stamp) return known;
  const bytes = await readFile(path);
  const asset = { bytes, stamp, gzipped: bytes.length > 1024 && /\.(?:js|css|html|svg|json|map)$/.test(path) ? await compress(bytes) : null };
  if (assets.size >= maxAssets) assets.clear();
  assets.set(path, asset);
  return asset;
}

function answer(request: Request, { asset, name }: { asset: Asset; name: string }): Response {
  const zipped = asset.gzipped && /\bgzip\b/.test(request.headers.get("accept-encoding") ?? "") ? asset.gzipped : null;
  // The build puts a hash of the content into the names under assets/.
  const lasting = /[/\\]assets[/\\]/.test(name);
  const headers: Record<string, string> = {
    "Content-Type": contentTypes[extname(name)] ?? "application/octet-stream",
    "Cache-Control": lasting ? "public, max-age=31536000, immutable" : "no-cache",
    "Content-Security-Policy": contentSecurityPolicy,
    "Cross-Origin-Opener-Policy": "same-origin",
    Vary: "Accept-Encoding",
  };
  if (zipped) headers["Content-Encoding"] = "gzip";
  return new Response(new Uint8Array(zipped ?? asset.bytes), { headers });
}

function notBuilt(): Response {
  const html = `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Parley</title></head><body><main><h1>The console is not built yet</h1>
<p>Parley runs, and so do its gateway and its admin API (<a href="/api/openapi.json">/api/openapi.json</a>); the web page itself has not been built.</p>
<p>Build it once, then reload this page:</p><pre>npm run build -w packages/console</pre><p><code>./parley up</code> does that by itself.</p></main></body></html>`;
  return new Response(html, { status: 503, headers: { "Content-Type": "text/html; charset=utf-8", "Content-Security-Policy": contentSecurityPolicy, "Cache-Control": "no-store" } });
}
