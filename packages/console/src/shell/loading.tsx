/** What stands in the window, or in a page's place, while that is on its way over a slow network. */
import classes from "./loading.module.css";

export function Loading() {
  return (
    <p className={classes["loading"]} role="status">
      Loading …
    </p>
  );
}
