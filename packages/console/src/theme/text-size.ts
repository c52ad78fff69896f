/**
 * For what a script measures: everything grows with the size of text that is set in the browser. Style sheets are written in pixels of
 * the design, which the build makes lengths of that kind (`build/scalable-lengths-plugin.ts`); a script asks here.
 */

const usualTextPx = 16;

/** Pixels of the screen for pixels of the design. */
export function scaledPx(designPx: number): number {
  return (designPx * Number.parseFloat(getComputedStyle(document.documentElement).fontSize)) / usualTextPx;
}

/** What style sheets take for narrow, too: two lines a row, and nothing beside each other. */
export const narrowWindow = `(max-width: ${scaledLength(700)})`;
/** Where there is room for a detail beside a list. */
export const wideWindow = `(min-width: ${scaledLength(1_100)})`;
/** And for facets as well. */
export const veryWideWindow = `(min-width: ${scaledLength(1_560)})`;

/** Pixels of the design as a length of a style or of a query of the window's width. */
export function scaledLength(designPx: number): string {
  return `${designPx / usualTextPx}rem`;
}
