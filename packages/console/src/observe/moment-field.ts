/** Moments as the browser's field for date and time writes them, in the local zone. */

export function fieldValue(moment: number): string {
  const date = new Date(moment);
  const two = (part: number): string => String(part).padStart(2, "0");
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}T${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;
}

export function momentOfField(text: string): number | null {
  const moment = new Date(text).getTime();
  return Number.isFinite(moment) ? moment : null;
}
