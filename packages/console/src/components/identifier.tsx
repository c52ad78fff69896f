/** An id: monospaced, with a button that copies it. */
import { CopyButton } from "./copy-button.tsx";
import classes from "./identifier.module.css";

export function Identifier({ text, what }: { text: string; what: string }) {
  return (
    <span className={classes["identifier"]}>
      <code>{text}</code>
      <CopyButton text={text} what={what} />
    </span>
  );
}
