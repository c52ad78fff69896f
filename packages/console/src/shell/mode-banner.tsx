/** Says wherever one is what somebody has to look after: a silent control plane, a disk that is nearly full, a wrong configuration file. */
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useEffect } from "react";
import { isSilent } from "../api/problem-error.ts";
import { reading } from "../api/queries.ts";
import { counted } from "../format/quantities.ts";
import classes from "./shell.module.css";

const lookMs = 15_000;
const lookAgainMs = 3_000;

export function ModeBanner() {
  const status = useQuery({ ...reading("getStatus"), refetchInterval: ({ state }) => (state.error ? lookAgainMs : lookMs) });
  const silent = status.error !== null && isSilent(status.error);
  useAskedAgain(silent);
  if (silent) {
    return (
      <div className={classes["banner"]} role="status">
        The control plane does not answer. What you see may be old; calls through the gateway go on.
      </div>
    );
  }
  if (status.data?.disk?.nearlyFull) {
    return (
      <div className={classes["banner"]} role="status">
        The disk is nearly full. Calls go on, and once it is full they are not recorded. <Link to="/health">See how much is left</Link>
      </div>
    );
  }
  const errors = status.data?.configuration.filter((finding) => finding.severity === "error").length ?? 0;
  if (errors === 0) return null;
  return (
    <div className={classes["banner"]} role="status">
      The configuration file has {counted(errors, "error")}; the configuration before it stays in force. <Link to="/health">See what and where</Link>
    </div>
  );
}

/** What had no answer while the control plane was silent is asked for again once it speaks. */
function useAskedAgain(silent: boolean): void {
  const client = useQueryClient();
  useEffect(() => {
    if (silent) return;
    void client.refetchQueries({ type: "active", predicate: ({ state }) => state.status === "error" && isSilent(state.error) });
  }, [client, silent]);
}
