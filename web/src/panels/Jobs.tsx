import { CircleAlert, CircleCheck, CircleSlash, Clapperboard, Download, LoaderCircle, RotateCw, X } from "lucide-react";
import { useStore } from "zustand";
import type { ExportReport } from "../api/types";
import { remainingSecs, shownSecs } from "../edit/remaining";
import { useText } from "../l10n/locale";
import type { Job } from "../session/stores";
import { Button, Empty, IconButton } from "../ui/parts";
import { useEditor } from "../ui/session-context";

const icons = {
  running: LoaderCircle,
  done: CircleCheck,
  failed: CircleAlert,
  cancelled: CircleSlash,
  lost: CircleSlash,
} as const;

/** Exports, proxies and imports: how far they are, and what came out. */
export function JobsPanel() {
  const { session, ui } = useEditor();
  const text = useText();
  const jobs = useStore(session.activity, (s) => s.jobs);
  return (
    <div className="panel">
      <div className="panel-bar">
        <Button
          className="small"
          disabled={jobs.every((j) => j.state === "running")}
          onClick={() => session.jobs.clear()}
        >
          {text("jobs-clear")}
        </Button>
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
        <ul className="scroll jobs" aria-label={text("panel-jobs")}>
          {jobs.map((job, n) => (
            <Row key={`${job.past ? jobs.length - n : ""}-${job.job}`} job={job} />
          ))}
        </ul>
      )}
    </div>
  );
}

function Row({ job }: { job: Job }) {
  const { session } = useEditor();
  const text = useText();
  const Icon = icons[job.state];
  const made = job.result !== undefined && "export" in job.result ? job.result.export : undefined;
  const { request } = job;
  const name = shownName(job);
  return (
    <li className={`job ${job.state}`}>
      <Icon size={16} aria-hidden />
      <div className="job-text">
        <span className="job-name" title={job.name}>
          {name}
        </span>
        {job.state === "running" ? <Progress job={job} /> : null}
        <State job={job} made={made} />
      </div>
      {job.state === "running" ? (
        <IconButton
          icon={X}
          label={text("cancel-job", { name })}
          onClick={() => void session.run({ cancel: { job: job.job } }, "cancel")}
        />
      ) : null}
      {job.state === "done" && made?.output && !job.past ? (
        <a
          className="button small"
          download
          href={session.http.jobFileUrl(session.project, job.job)}
          aria-label={text("job-download", { name })}
        >
          <Download size={13} aria-hidden />
          <span>{text("download")}</span>
        </a>
      ) : null}
      {request !== undefined && (job.state === "failed" || job.state === "cancelled" || job.state === "lost") ? (
        <IconButton
          icon={RotateCw}
          label={text("job-again", { name })}
          onClick={() =>
            void session.exportFilm(request).then((error) => error && session.notice(error.message, error))
          }
        />
      ) : null}
    </li>
  );
}

/** Of work with one file, its name without the folder. */
function shownName({ kind, name }: Job): string {
  return kind === "make_proxies" ? name : name.slice(Math.max(name.lastIndexOf("/"), name.lastIndexOf("\\")) + 1);
}

function Progress({ job }: { job: Job }) {
  const part = job.total > 0 ? job.done / job.total : undefined;
  return (
    <div
      className={`progress ${part === undefined ? "indeterminate" : ""}`}
      role="progressbar"
      aria-label={shownName(job)}
      aria-valuemin={0}
      aria-valuemax={Math.max(1, job.total)}
      aria-valuenow={part === undefined ? undefined : job.done}
    >
      <div style={{ width: `${(part ?? 0) * 100}%` }} />
    </div>
  );
}

function State({ job, made }: { job: Job; made: ExportReport | undefined }) {
  const text = useText();
  if (job.state === "failed")
    return (job.errors ?? []).map((error, n) => (
      <span key={n} className="job-error" role="alert">
        {error.message}
        {error.hint ? <span className="muted"> {error.hint}</span> : null}
      </span>
    ));
  if (job.state === "running") {
    const left = remainingSecs(job, Date.now());
    const done = { done: job.done, total: job.total };
    if (job.total === 0) return <span className="muted">{text("job-begins")}</span>;
    return (
      <span className="muted">
        {text("job-running", done)}
        {left === undefined ? "" : ` · ${text("job-left", { left: shownSecs(left) })}`}
      </span>
    );
  }
  const facts =
    made === undefined ? "" : [made.format, made.elapsed_secs && shownSecs(made.elapsed_secs)].filter(Boolean);
  return (
    <>
      <span className="muted">
        {text(`job-${job.state}`, { done: job.done, total: job.total })}
        {facts.length === 0 ? "" : ` · ${(facts as string[]).join(" · ")}`}
      </span>
      {(made?.warnings ?? []).map((warning) => (
        <span key={warning} className="job-warning">
          {warning}
        </span>
      ))}
    </>
  );
}
