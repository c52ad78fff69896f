/** Texts of OpenAPI documents on disk, as the control plane keeps them and gateways read them: compressed, by the digest of what they say. */
import { createHash } from "node:crypto";
import { access, mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { brotliCompress, brotliDecompress, constants } from "node:zlib";

const compress = promisify(brotliCompress);
const decompress = promisify(brotliDecompress);

export function documentSource(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

export function documentFile(folder: string, source: string): string {
  return join(folder, `${source}.br`);
}

/** Whole and under another name first, so that a file that is there can be read. */
export async function keepDocument(folder: string, text: string): Promise<void> {
  const file = documentFile(folder, documentSource(text));
  if (await access(file).then(() => true, () => false)) return;
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await writeFile(`${file}.new`, await compress(text, { params: { [constants.BROTLI_PARAM_QUALITY]: 5 } }), { mode: 0o600 });
  await rename(`${file}.new`, file);
}

/** Null where it is not there, or cannot be read. */
export async function keptDocument(folder: string, source: string): Promise<string | null> {
  try {
    return (await decompress(await readFile(documentFile(folder, source)))).toString("utf8");
  } catch {
    return null;
  }
}
