import { CircleCheck, TriangleAlert } from "lucide-react";
import { useStore } from "zustand";
import { localeStore, useText } from "../l10n/locale";
import { Button, Empty } from "../ui/parts";
import { useSession } from "../ui/session-context";
import { FLICKS } from "../edit/time";

/** What went wrong, with what can be done about it; a click shows where. */
export function ProblemsPanel() {
  const session = useSession();
  const text = useText();
  const locale = useStore(localeStore, (s) => s.locale);
  const problems = useStore(session.activity, (s) => s.problems);
  if (problems.length === 0) {
    return (
      <div className="panel">
        <Empty icon={CircleCheck} title={text("problems-empty")}>
          <p>{text("problems-empty-hint")}</p>
        </Empty>
      </div>
    );
  }
  const show = (clip: string | null | undefined, time: number | null | undefined) => {
    if (clip) session.select([clip]);
    if (time !== null && time !== undefined) session.seekTime(time * FLICKS);
  };
  return (
    <div className="panel">
      <div className="panel-bar">
        <span className="muted">{text("problem-count", { count: problems.length })}</span>
        <span className="spring" />
        <Button onClick={() => session.clearProblems()}>{text("clear")}</Button>
      </div>
      <ul className="scroll problems">
        {problems.map(({ id, at, error }) => (
          <li key={id}>
            <button type="button" className="problem" onClick={() => show(error.clip, error.time_secs)}>
              <TriangleAlert size={16} aria-hidden />
              <span className="problem-text">
                <span>{error.message}</span>
                {(error.causes ?? []).map((cause) => (
                  <span key={cause} className="muted">
                    {cause}
                  </span>
                ))}
                {error.hint ? <span className="hint">{error.hint}</span> : null}
                <span className="muted">
                  <code>{error.code}</code> · {at.toLocaleTimeString(locale)}
                </span>
              </span>
            </button>
          </li>
        ))}
      </ul>
    </div>
  );
}
