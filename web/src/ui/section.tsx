import { ChevronDown } from "lucide-react";
import { type ReactNode, useState } from "react";

export function Section({ title, children, action }: { title: string; children: ReactNode; action?: ReactNode }) {
  const [open, setOpen] = useState(true);
  return (
    <div className="section">
      <div className="section-head">
        <button type="button" className="section-title" aria-expanded={open} onClick={() => setOpen(!open)}>
          <ChevronDown size={13} aria-hidden className={open ? "" : "turned"} />
          {title}
        </button>
        {action}
      </div>
      {open && children !== null ? <div className="section-body">{children}</div> : null}
    </div>
  );
}
