/** Who may change what, and who owns it: the file, the environment, a role. What is not allowed says what is missing. */
import { writeFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { type Parley, startParley } from "../harness/start-parley.ts";
import { firstLink, openPage, person, signedInBrowser, type TestBrowser } from "./browser.ts";
import { fillSample } from "./sample.ts";

// A browser and three processes share the machine with whatever else runs on it.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

/** One for the tests of a part, each of which has pages of its own. */
function running(start: () => Promise<Parley>): { parley: () => Parley; browser: () => TestBrowser } {
  let parley: Parley;
  let browser: TestBrowser;
  beforeAll(async () => {
    parley = await start();
    browser = await signedInBrowser(parley);
  });
  afterAll(async () => {
    await browser[Symbol.asyncDispose]();
    await parley[Symbol.asyncDispose]();
  });
  return { parley: () => parley, browser: () => browser };
}

describe("with the configuration in a file", () => {
  const yaml = "services:\n  notes:\n    path: /notes\n    upstream: { targets: [{ url: http://127.0.0.1:9/api }] }\nconsumers:\n  acme: {}\n";
  const here = running(() => startParley({ yaml }));

  test("5 forms are read-only, a draft becomes the YAML to paste, and nothing is saved", async () => {
    const { page, context } = await here.browser().page();
    await page.goto("/services/notes");
    const connect = page.getByRole("textbox", { name: "Connect" });
    await page.getByText("The configuration comes from a file").waitFor();
    expect(await connect.getAttribute("readonly")).not.toBeNull();
    // Protection is turned on in the file too.
    await page.getByRole("region", { name: "the YAML" }).filter({ hasText: "mode: require" }).waitFor();
    await page.getByRole("button", { name: "Draft a change" }).click();
    await connect.fill("7s");
    await page.getByRole("button", { name: "Show the YAML to paste" }).click();
    await page.getByRole("region", { name: "the YAML" }).filter({ hasText: "connect: 7s" }).waitFor();
    expect(await (await here.parley().admin("/api/services/notes")).text()).not.toContain("7s");
    await context.close();
  });

  test("an error in the file is shown with its line, a caret and what was meant", async () => {
    const { page, context } = await here.browser().page();
    await page.goto("/health");
    await page.getByText("All is well").waitFor();
    writeFileSync(here.parley().file ?? "", yaml.replace("path:", "paht:"));
    await page.getByText("The configuration file has errors").waitFor();
    const finding = page.getByRole("listitem").filter({ hasText: 'did you mean "path"?' });
    expect(await finding.locator("pre").textContent()).toBe("3 |     paht: /notes\n  |     ^");
    await context.close();
  });
});

test("5 a provider of the environment is read-only and names its variable", async () => {
  await using parley = await startParley({ environment: { OPENAI_API_KEY: "sk-from-the-environment" } });
  await using browser = await signedInBrowser(parley);
  const { page } = await browser.page();
  await page.goto("/ai/providers");
  await page.getByText("from OPENAI_API_KEY").waitFor();
  await page.getByRole("link", { name: "openai", exact: true }).click();
  await page.getByText("The variable OPENAI_API_KEY owns this").waitFor();
  expect(await page.getByRole("textbox", { name: "Base URL" }).getAttribute("readonly")).not.toBeNull();
  expect(await page.getByRole("button", { name: "Delete this provider" }).isDisabled()).toBe(true);
  expect(await page.content()).not.toContain("sk-from-the-environment");
});

describe("with the configuration in the database", () => {
  const here = running(startParley);
  beforeAll(() => fillSample(here.parley()));

  test("a viewer sees everything but people and audit, and every control that is not allowed names the role it needs", async () => {
    const owner = await here.browser().page();
    await owner.page.goto("/people");
    await owner.page.getByRole("button", { name: "What can be done with bob" }).click();
    await owner.page.getByRole("menuitem", { name: "New sign-in link" }).click();
    const link = await owner.page.getByRole("region", { name: "the link" }).textContent();

    const { page, context } = await openPage(here.browser().browser, { baseUrl: here.parley().adminUrl });
    await page.goto(link ?? "");
    await page.getByText("This link is for bob").waitFor();
    await page.getByRole("textbox", { name: "Password" }).fill(person.password);
    await page.getByRole("button", { name: "Set the password and sign in" }).click();
    await page.getByRole("navigation", { name: "Pages" }).waitFor();
    await page.goto("/consumers/acme");
    await page.getByText("This needs the role editor; you are viewer").first().waitFor();
    expect(await page.getByRole("button", { name: "Create a key" }).isDisabled()).toBe(true);
    await page.goto("/people");
    await page.getByText("Not permitted").waitFor();
    await context.close();
    await owner.context.close();
  });

  test("when the session ends, signing in comes over the page and what was typed stays", async () => {
    const { page, context } = await here.browser().page();
    await page.goto("/services/notes");
    await page.getByRole("textbox", { name: "Connect" }).fill("6s");
    await context.clearCookies();
    const dialog = page.getByRole("dialog", { name: "Your session has ended" });
    // The page may notice by itself, when it reads again; the dialog then lies over the button.
    await page.getByRole("button", { name: "Save", exact: true }).click({ timeout: 5_000 }).catch(() => {});
    await dialog.waitFor();
    await dialog.getByRole("textbox", { name: "Name" }).fill(person.name);
    await dialog.getByRole("textbox", { name: "Password" }).fill(person.password);
    await dialog.getByRole("button", { name: "Sign in" }).click();
    await dialog.waitFor({ state: "detached" });
    expect(await page.getByRole("textbox", { name: "Connect" }).inputValue()).toBe("6s");
    await page.getByRole("button", { name: "Save", exact: true }).click();
    await page.getByText("Saved. In force within a second.").waitFor();
    await context.close();
  });

  test("a used link says so, and how to get another", async () => {
    const { page, context } = await openPage(here.browser().browser, {});
    await page.goto(firstLink(here.parley()));
    await page.getByText("The sign-in link is used up or has expired").waitFor();
    await page.getByText("./parley admin reset").first().waitFor();
    await context.close();
  });
});
