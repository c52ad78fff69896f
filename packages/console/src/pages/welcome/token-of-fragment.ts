import { useEffect, useState } from "react";

/** The token of `#token=…`, once; the address loses it. Null where there is none. */
export function useTokenOfFragment(): string | null {
  const [token] = useState(() => new URLSearchParams(location.hash.slice(1)).get("token"));
  useEffect(() => {
    if (location.hash !== "") history.replaceState(history.state, "", location.pathname);
  }, []);
  return token;
}
