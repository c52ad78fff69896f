/** The frame of every page: its name, what can be done on it, and its content. Also sets the window's title. */
import { type ReactNode, useEffect } from "react";
import classes from "./page.module.css";

interface PageProps {
  title: ReactNode;
  /** For the window's title, where `title` is not text. */
  name?: string;
  /** Shown small beside the title. */
  aside?: ReactNode;
  actions?: ReactNode;
  /** Stands under the name and stays in sight with it. */
  bar?: ReactNode;
  /** `full` fills the height (lists that scroll by themselves); `text` keeps lines readable. */
  width?: "wide" | "text" | "full";
  children: ReactNode;
}

export function Page({ title, name, aside, actions, bar, width = "wide", children }: PageProps) {
  const windowTitle = name ?? (typeof title === "string" ? title : "");
  useEffect(() => {
    document.title = windowTitle ? `${windowTitle} · Parley` : "Parley";
  }, [windowTitle]);
  return (
    <div className={classes["page"]} data-width={width}>
      <header className={classes["top"]}>
        <div className={classes["head"]}>
          <h1>{title}</h1>
          {aside ? <div className={classes["aside"]}>{aside}</div> : null}
          {actions ? <div className={classes["actions"]}>{actions}</div> : null}
        </div>
        {bar}
      </header>
      <div className={classes["content"]}>{children}</div>
    </div>
  );
}

export function Section({ title, hint, actions, children }: { title: string; hint?: ReactNode; actions?: ReactNode; children: ReactNode }) {
  return (
    <section className={classes["section"]}>
      <div className={classes["sectionHead"]}>
        <div>
          <h2>{title}</h2>
          {hint ? <p>{hint}</p> : null}
        </div>
        {actions}
      </div>
      {children}
    </section>
  );
}
