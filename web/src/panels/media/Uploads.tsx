import { CircleAlert, Pause, Play, RotateCw, X } from "lucide-react";
import { useStore } from "zustand";
import { shownBytes, shownSecs } from "../../edit/remaining";
import { useText } from "../../l10n/locale";
import type { Upload } from "../../session/uploads";
import { IconButton } from "../../ui/parts";
import { useSession } from "../../ui/session-context";

/** Files on their way to the server. */
export function UploadList() {
  const session = useSession();
  const text = useText();
  const uploads = useStore(session.uploads.store, (s) => s.uploads);
  if (uploads.length === 0) return null;
  return (
    <ul className="uploads" aria-label={text("uploads")}>
      {uploads.map((upload) => (
        <Row key={upload.id} upload={upload} />
      ))}
    </ul>
  );
}

function Row({ upload }: { upload: Upload }) {
  const { uploads } = useSession();
  const text = useText();
  const { id, name, bytes, sent, phase, speed, error } = upload;
  const percent = bytes === 0 ? 0 : Math.floor((sent / bytes) * 100);
  const state =
    phase === "sending" && speed > 0
      ? text("upload-left", {
          sent: shownBytes(sent),
          bytes: shownBytes(bytes),
          left: shownSecs((bytes - sent) / speed),
        })
      : text(`upload-${phase}`, { sent: shownBytes(sent), bytes: shownBytes(bytes) });
  const stopped = phase === "paused" || phase === "failed" || phase === "lost";
  return (
    <li className={`upload ${phase}`}>
      <div className="upload-row">
        <span className="upload-name" title={name}>
          {name}
        </span>
        {phase === "importing" ? null : stopped ? (
          <IconButton
            icon={phase === "paused" ? Play : RotateCw}
            size={13}
            label={text(phase === "paused" ? "upload-resume" : "upload-retry", { name })}
            onClick={() => uploads.resume(id)}
          />
        ) : (
          <IconButton icon={Pause} size={13} label={text("upload-pause", { name })} onClick={() => uploads.pause(id)} />
        )}
        {phase === "importing" ? null : (
          <IconButton icon={X} size={13} label={text("upload-cancel", { name })} onClick={() => uploads.cancel(id)} />
        )}
      </div>
      <div
        className={`progress ${phase === "importing" ? "indeterminate" : ""}`}
        role="progressbar"
        aria-label={name}
        aria-valuemin={0}
        aria-valuemax={100}
        aria-valuenow={phase === "importing" ? undefined : percent}
      >
        <div style={{ width: `${percent}%` }} />
      </div>
      {phase === "failed" && error !== undefined ? (
        <span className="upload-error" role="alert">
          <CircleAlert size={12} aria-hidden /> {error.message}
          {error.hint ? <span className="muted"> {error.hint}</span> : null}
        </span>
      ) : (
        <span className="muted" role={phase === "lost" ? "status" : undefined}>
          {state}
        </span>
      )}
    </li>
  );
}
