/**
 * The pictures of the console in the documentation: a Parley with two lively days behind it, in both themes.
 *
 *   node scripts/pictures.ts
 */
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { signedInBrowser } from "../tests/e2e/browser.ts";
import { writeLivelyDays } from "../tests/e2e/lively-days.ts";
import { startParley } from "../tests/harness/start-parley.ts";

const folder = join(import.meta.dirname, "../docs/pictures");
const pages = { overview: "/overview?range=24h" } as const;

const directory = mkdtempSync(join(tmpdir(), "parley-pictures-"));
try {
  const dataDirectory = join(directory, "data");
  await writeLivelyDays(dataDirectory, Date.now());
  await using parley = await startParley({ dataDirectory });
  await using browser = await signedInBrowser(parley);
  mkdirSync(folder, { recursive: true });
  for (const [name, path] of Object.entries(pages)) {
    for (const scheme of ["light", "dark"] as const) {
      const { page, context } = await browser.page({ scheme });
      await page.goto(path);
      await page.getByRole("heading", { level: 1 }).waitFor();
      await page.waitForLoadState("networkidle");
      await page.screenshot({ path: join(folder, `${name}-${scheme}.png`) });
      await context.close();
    }
  }
} finally {
  rmSync(directory, { recursive: true, force: true });
}
