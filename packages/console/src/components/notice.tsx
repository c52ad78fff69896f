/** A remark on the page, with the meaning's colour and an icon. */
import { IconInfoCircle, IconAlertTriangle, IconCircleCheck } from "@tabler/icons-react";
import type { ReactNode } from "react";
import classes from "./notice.module.css";

const icons = { accent: IconInfoCircle, warning: IconAlertTriangle, error: IconAlertTriangle, ok: IconCircleCheck } as const;

export function Notice({ meaning = "accent", title, children, action }: { meaning?: keyof typeof icons; title: string; children?: ReactNode; action?: ReactNode }) {
  const Icon = icons[meaning];
  return (
    <div className={classes["notice"]} data-meaning={meaning} role="status">
      <Icon size={18} stroke={1.7} aria-hidden />
      <div className={classes["body"]}>
        <strong>{title}</strong>
        {children}
      </div>
      {action}
    </div>
  );
}
