import { CircleAlert, CircleCheck, Clapperboard, LoaderCircle, X } from "lucide-react";
import { useStore } from "zustand";
import { useText } from "../l10n/locale";
import type { Job } from "../session/stores";
import { Button, Empty, IconButton } from "../ui/parts";
import { useEditor } from "../ui/session-context";

export function JobsPanel() {
  const { session, ui } = useEditor();
  const text = useText();
  const jobs = useStore(session.activity, (s) => s.jobs);
  return (
    <div className="panel">
      <div className="panel-bar">
        <span className="spring" />
        <Button icon={Clapperboard} onClick={() => ui.exportFilm()}>
          {text("export")}
        </Button>
      </div>
      {jobs.length === 0 ? (
        <Empty icon={Clapperboard} title={text("jobs-empty")}>
          <p>{text("jobs-empty-hint")}</p>
        </Empty>
      ) : (
        <ul className="scroll jobs">
          {jobs.map((job) => (
            <Row key={job.job} job={job} />
          ))}
        </ul>
      )}
    </div>
  );
}

function Row({ job }: { job: Job }) {
  const { session } = useEditor();
  const text = useText();
  const part = job.total > 0 ? job.done / job.total : undefined;
  const Icon = job.state === "done" ? CircleCheck : job.state === "failed" ? CircleAlert : LoaderCircle;
  return (
    <li className={`job ${job.state}`}>
      <Icon size={16} aria-hidden />
      <div className="job-text">
        <span>{job.name}</span>
        {job.state === "running" ? (
          <div
            className={`progress ${part === undefined ? "indeterminate" : ""}`}
            role="progressbar"
            aria-label={job.name}
            aria-valuemin={0}
            aria-valuemax={job.total}
            aria-valuenow={part === undefined ? undefined : job.done}
          >
            <div style={{ width: `${(part ?? 0) * 100}%` }} />
          </div>
        ) : null}
        <span className="muted">
          {job.state === "failed"
            ? (job.errors ?? []).map((e) => e.message).join("; ")
            : text(`job-${job.state}`, { done: job.done, total: job.total })}
        </span>
      </div>
      {job.state === "running" ? (
        <IconButton
          icon={X}
          label={text("cancel-job", { name: job.name })}
          onClick={() => void session.run({ cancel: { job: job.job } }, "cancel")}
        />
      ) : null}
    </li>
  );
}
