/** One clock for the page, so that all relative times move together and not one timer each. */
import { createContext, type ReactNode, useContext, useEffect, useState } from "react";
import { absoluteText, relativeText } from "../format/moments.ts";

const NowContext = createContext(0);

export function NowProvider({ children }: { children: ReactNode }) {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 5_000);
    return () => clearInterval(timer);
  }, []);
  return <NowContext value={now}>{children}</NowContext>;
}

export function useNow(): number {
  return useContext(NowContext);
}

/** `at` is Unix milliseconds, or an ISO date. */
export function When({ at }: { at: number | string }) {
  const moment = typeof at === "number" ? at : Date.parse(at);
  // The page's clock ticks slowly; what just happened must not lie in the future.
  const now = Math.max(useNow(), Math.min(moment, Date.now()));
  return (
    <time dateTime={new Date(moment).toISOString()} title={absoluteText(moment)}>
      {relativeText(moment, now)}
    </time>
  );
}
