/** Says wherever one is what somebody has to look after: a silent control plane, a disk that is nearly full, a wrong configuration file. */
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { shownProblem } from "../api/problem-error.ts";
import { reading } from "../api/queries.ts";
import { counted } from "../format/quantities.ts";
import classes from "./shell.module.css";

export function ModeBanner() {
  const status = useQuery({ ...reading("getStatus"), refetchInterval: 15_000 });
  if (status.error && isSilent(status.error)) {
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

/** No answer at all, or one of a proxy that found nobody. */
function isSilent(error: unknown): boolean {
  const { status } = shownProblem(error);
  return status === 0 || status >= 500;
}
