import { TriangleAlert, X } from "lucide-react";
import { useEffect, useState } from "react";
import { useStore } from "zustand";
import { useText } from "../l10n/locale";
import { useEditor } from "../ui/session-context";

const SHOWN_MS = 6_000;

/** The last message, in a corner and for readers. */
export function Notices() {
  const { session } = useEditor();
  const text = useText();
  const notice = useStore(session.activity, (s) => s.notice);
  const [closed, setClosed] = useState(0);
  useEffect(() => {
    if (notice === undefined) return undefined;
    const timer = setTimeout(() => setClosed(notice.id), SHOWN_MS);
    return () => clearTimeout(timer);
  }, [notice]);
  const shown = notice !== undefined && notice.id !== closed;
  return (
    <div className="notices" aria-live="polite">
      {shown ? (
        <div className={`notice ${notice.error === undefined ? "" : "danger"}`}>
          {notice.error === undefined ? null : <TriangleAlert size={16} aria-hidden />}
          <span className="notice-text">
            <span>{notice.text}</span>
            {notice.error?.hint ? <span className="muted">{notice.error.hint}</span> : null}
          </span>
          <button type="button" className="icon-button" aria-label={text("close")} onClick={() => setClosed(notice.id)}>
            <X size={14} aria-hidden />
          </button>
        </div>
      ) : null}
    </div>
  );
}
