/**
 * Writes pixels of style sheets as `rem` at build time, so that everything grows with the size of text that somebody has set in the
 * browser: a control with its words, a list with its rows, and windows count as narrow where little text fits. Style sheets keep the
 * pixels of the design, of text of the usual size. Hairlines stay as thin as they are.
 */
import type { Plugin } from "vite";

const usualTextPx = 16;
const hairlinePx = 2;
const scaledRules = new Set(["media", "container"]);

/** `in rem` in a rule's condition is of the browser's own text, whatever the page sets. */
export function scalable(value: string): string {
  return value.replaceAll(/(?<![\w.#-])(-?)(\d*\.?\d+)px\b/g, (text, sign: string, number: string) => (Number(number) <= hairlinePx ? text : `${sign}${Number(number) / usualTextPx}rem`));
}

interface Declaration { value: string }
interface Rule { name: string; params: string }

export function scalableLengthsPlugin(): Plugin {
  const ofStyles = {
    postcssPlugin: "parley-scalable-lengths",
    Declaration: (declaration: Declaration) => write(declaration, "value"),
    AtRule: (rule: Rule) => { if (scaledRules.has(rule.name)) write(rule, "params"); },
  };
  return { name: "parley-scalable-lengths", config: () => ({ css: { postcss: { plugins: [ofStyles] } } }) };
}

/** Only where something changes: PostCSS looks again at all that was written to. */
function write<Key extends string>(node: Record<Key, string>, key: Key): void {
  const next = scalable(node[key]);
  if (next !== node[key]) node[key] = next as (typeof node)[Key];
}
