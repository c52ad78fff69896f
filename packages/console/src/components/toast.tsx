/** Short messages that something was done. They are announced, and go by themselves. */
import { createContext, type ReactNode, useCallback, useContext, useEffect, useMemo, useState } from "react";
import classes from "./toast.module.css";

interface Toast {
  id: number;
  text: string;
}

const ToastContext = createContext<(text: string) => void>(() => undefined);
const shownMs = 6_000;
const most = 4;

export function ToastProvider({ children }: { children: ReactNode }) {
  const [toasts, setToasts] = useState<readonly Toast[]>([]);
  const show = useCallback((text: string) => setToasts((before) => [...before, { id: (before.at(-1)?.id ?? 0) + 1, text }].slice(-most)), []);
  const remove = useCallback((id: number) => setToasts((before) => before.filter((toast) => toast.id !== id)), []);
  const list = useMemo(() => toasts.map((toast) => <ToastLine key={toast.id} toast={toast} onEnd={remove} />), [toasts, remove]);
  return (
    <ToastContext value={show}>
      {children}
      <div className={classes["stack"]} role="status" aria-live="polite">
        {list}
      </div>
    </ToastContext>
  );
}

function ToastLine({ toast, onEnd }: { toast: Toast; onEnd: (id: number) => void }) {
  useEffect(() => {
    const timer = setTimeout(() => onEnd(toast.id), shownMs);
    return () => clearTimeout(timer);
  }, [toast.id, onEnd]);
  return (
    <button type="button" className={classes["toast"]} onClick={() => onEnd(toast.id)}>
      {toast.text}
    </button>
  );
}

export function useToast(): (text: string) => void {
  return useContext(ToastContext);
}
