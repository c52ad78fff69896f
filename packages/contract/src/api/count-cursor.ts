/** Where a page ended in what is counted as it is written. One that no page gave is refused, whatever number could be made of it. */
import { z } from "zod";

export const countCursor = z.string().regex(/^[1-9]\d{0,14}$/, "is not what `next` of a page was; leave it out to begin anew");
