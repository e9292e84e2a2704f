import { Clapperboard, FolderOpen } from "lucide-react";
import { type FormEvent, useEffect, useState } from "react";
import type { ApiError } from "../api/types";
import { useText } from "../l10n/locale";
import { FileBrowser } from "../ui/FileBrowser";
import { apiErrors } from "../wire/errors";
import type { Http, ProjectEntry } from "../wire/http";

/** A project that the address named, and why it is not shown. */
export interface Lost {
  project: string;
  error: ApiError | undefined;
}

interface ProjectPickerProps {
  http: Http;
  lost?: Lost;
  onOpen(project: string): void;
}

/** Which of the server's projects, where the address names none that there is. */
export function ProjectPicker({ http, lost, onOpen }: ProjectPickerProps) {
  const text = useText();
  const [projects, setProjects] = useState<ProjectEntry[]>();
  const [error, setError] = useState(lost?.error);
  const [path, setPath] = useState("");
  useEffect(() => {
    http.projects().then(
      (answer) => {
        const [first, ...others] = answer.projects;
        if (first !== undefined && others.length === 0 && first.id !== lost?.project) onOpen(first.id);
        else setProjects(answer.projects);
      },
      (failure: unknown) => setError(apiErrors(failure)[0]),
    );
  }, [http, lost, onOpen]);
  const openPath = (file: string) => {
    http.openProject(file).then(
      (entry) => onOpen(entry.id),
      (failure: unknown) => setError(apiErrors(failure)[0]),
    );
  };
  const open = (event: FormEvent) => {
    event.preventDefault();
    openPath(path.trim());
  };
  return (
    <main className="picker">
      <div className="picker-box">
        <h1>
          <Clapperboard size={26} aria-hidden /> cutroom
        </h1>
        {error === undefined ? null : (
          <div className="banner danger" role="alert">
            <strong>{error.message}</strong>
            {error.hint ? <span>{error.hint}</span> : null}
          </div>
        )}
        {projects === undefined ? null : (
          <>
            <h2>{text("projects")}</h2>
            <ul className="picker-list">
              {projects.map((p) => (
                <li key={p.id}>
                  <button type="button" className="entry" onClick={() => onOpen(p.id)}>
                    <span className="entry-icon">
                      <FolderOpen size={16} aria-hidden />
                    </span>
                    <span className="entry-text">
                      <span>{p.name || p.id}</span>
                      <span className="muted">{p.path}</span>
                    </span>
                  </button>
                </li>
              ))}
              {projects.length === 0 ? <li className="muted">{text("projects-empty")}</li> : null}
            </ul>
            <h2>{text("browse-project")}</h2>
            <FileBrowser
              kind="project"
              http={http}
              accepts={(e) => /\.json$/i.test(e.name)}
              onChange={({ files }) => files[0] !== undefined && setPath(files[0])}
              onPick={openPath}
            />
          </>
        )}
        <form className="picker-form" onSubmit={open}>
          <label htmlFor="path">{text("open-path")}</label>
          <div className="row">
            <input
              id="path"
              className="text"
              value={path}
              placeholder="films/holiday.json"
              onChange={(e) => setPath(e.target.value)}
            />
            <button type="submit" className="button primary" disabled={path.trim() === ""}>
              {text("open")}
            </button>
          </div>
        </form>
      </div>
    </main>
  );
}
