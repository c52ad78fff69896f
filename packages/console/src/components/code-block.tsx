/** Text of a program, with a button that copies all of it. */
import classes from "./code-block.module.css";
import { CopyButton } from "./copy-button.tsx";

export function CodeBlock({ text, what }: { text: string; what: string }) {
  return (
    <div className={classes["block"]}>
      {/* Scrollable, so it has to be reachable by keyboard. */}
      <pre tabIndex={0} role="region" aria-label={what}>
        {text}
      </pre>
      <div className={classes["copy"]}>
        <CopyButton text={text} what={what} />
      </div>
    </div>
  );
}
