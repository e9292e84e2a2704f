import { Bookmark, History as HistoryIcon, Redo2, Undo2 } from "lucide-react";
import { useState } from "react";
import { useStore } from "zustand";
import { stepParts } from "../edit/steps";
import { localeStore, type Text, useText } from "../l10n/locale";
import { Button, CommandButton, Dialog, Empty } from "../ui/parts";
import { useSession } from "../ui/session-context";
import { TextField } from "../ui/fields";

/** All steps of the document, by whomever; a click returns to one. */
export function HistoryPanel() {
  const session = useSession();
  const text = useText();
  const locale = useStore(localeStore, (s) => s.locale);
  const entries = useStore(session.lists, (s) => s.history);
  const [naming, setNaming] = useState(false);
  const [name, setName] = useState("");
  const now = entries.filter((e) => e.done).reduce((a, e) => Math.max(a, e.step), 0);
  return (
    <div className="panel">
      <div className="panel-bar">
        <CommandButton id="undo" icon={Undo2} />
        <CommandButton id="redo" icon={Redo2} />
        <span className="spring" />
        <Button icon={Bookmark} title={text("name-version")} onClick={() => setNaming(true)}>
          <span className="button-text">{text("name-version")}</span>
        </Button>
      </div>
      {entries.length === 0 ? (
        <Empty icon={HistoryIcon} title={text("history-empty")}>
          <p>{text("history-empty-hint")}</p>
        </Empty>
      ) : (
        <ol className="scroll steps">
          {[...entries]
            .sort((a, b) => b.step - a.step)
            .map((e) => (
              <li key={e.step}>
                <button
                  type="button"
                  className={`step ${e.done ? "" : "undone"} ${e.step === now ? "now" : ""}`}
                  aria-current={e.step === now ? "step" : undefined}
                  onClick={() => void session.run({ restore: { step: e.step } }, "restore")}
                >
                  <span className="step-label">{e.label === "" ? text("history-start") : stepText(text, e.label)}</span>
                  {(e.versions ?? []).map((v) => (
                    <span key={v} className="badge">
                      {v}
                    </span>
                  ))}
                  {e.saved ? <span className="muted">{text("saved")}</span> : null}
                  <time className="muted" dateTime={e.time}>
                    {timeOfDay(e.time, locale)}
                  </time>
                </button>
              </li>
            ))}
        </ol>
      )}
      <Dialog open={naming} onOpenChange={setNaming} title={text("name-version")} about={text("name-version-about")}>
        <TextField label={text("name")} value={name} onChange={setName} />
        <footer>
          <Button onClick={() => setNaming(false)}>{text("cancel")}</Button>
          <Button
            look="primary"
            disabled={name.trim() === ""}
            onClick={() => {
              void session.run({ name_version: { name: name.trim() } }, "name-version");
              setNaming(false);
              setName("");
            }}
          >
            {text("name-version")}
          </Button>
        </footer>
      </Dialog>
    </div>
  );
}

function stepText(text: Text, label: string): string {
  return stepParts(label)
    .map((part) => (part.text === undefined ? part.name : text(part.text)))
    .reduce((first, next) => text("steps-and", { first, next }));
}

function timeOfDay(time: string, locale: string): string {
  const date = new Date(time);
  return Number.isNaN(date.getTime()) ? "" : date.toLocaleTimeString(locale, { hour: "2-digit", minute: "2-digit" });
}
