/** Days of the calendar. `Date.parse` takes the 30th of February for the 2nd of March. */

/** Of a text that begins with a day, 2027-01-31. */
export function isInCalendar(text: string): boolean {
  const midnight = Date.parse(`${text.slice(0, 10)}T00:00:00Z`);
  return !Number.isNaN(Date.parse(text)) && !Number.isNaN(midnight) && new Date(midnight).toISOString().startsWith(text.slice(0, 10));
}
