/** The font of what is written at axes, as a canvas takes it. */
import { scaledPx } from "../theme/text-size.ts";

export function axisFont(): string {
  return `${scaledPx(11)}px system-ui, sans-serif`;
}
