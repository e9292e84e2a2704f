import { useEffect, useState } from "react";
import { useStore } from "zustand";
import { useSession } from "./session-context";

const SHOWN_MS = 8000;

/** What was refused, beside where it was tried. */
export function InPlace({ sources }: { sources: readonly string[] }) {
  const session = useSession();
  const problem = useStore(session.activity, (s) => s.problems.find((p) => sources.includes(p.source)));
  const [old, setOld] = useState<number | undefined>(problem?.id);
  useEffect(() => {
    if (problem === undefined) return undefined;
    const timer = setTimeout(() => setOld(problem.id), SHOWN_MS);
    return () => clearTimeout(timer);
  }, [problem]);
  if (problem === undefined || problem.id === old) return null;
  return (
    <div className="in-place" role="alert">
      <strong>{problem.error.message}</strong>
      {problem.error.hint ? <span>{problem.error.hint}</span> : null}
    </div>
  );
}
