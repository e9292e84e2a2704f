// Folders and files of the server, walked by pointer and keys.
import { ArrowUp, ChevronRight, File as FileIcon, Film, Folder, HardDrive } from "lucide-react";
import { type KeyboardEvent, type MouseEvent, useCallback, useEffect, useMemo, useRef, useState } from "react";
import { useStore } from "zustand";
import type { ApiError } from "../api/types";
import { crumbs, filesBetween } from "../edit/folders";
import { shownBytes } from "../edit/remaining";
import { localeStore, useText } from "../l10n/locale";
import type { BrowseAnswer, BrowseEntry } from "../wire/added";
import { apiErrors } from "../wire/errors";
import type { Http } from "../wire/http";
import { IconButton, Search } from "./parts";

export interface Chosen {
  folder: string | undefined;
  files: readonly string[];
}

interface FileBrowserProps {
  http: Http;
  /** What is looked for; each begins in the folder that it was in last. */
  kind: string;
  /** Of files. */
  accepts(entry: BrowseEntry): boolean;
  many?: boolean;
  onChange(chosen: Chosen): void;
  /** A file was double-clicked, or Enter pressed on it. */
  onPick?(path: string): void;
}

const keyOf = (kind: string) => `cutroom.folder.${kind}`;

export function FileBrowser({ http, kind, accepts, many = false, onChange, onPick }: FileBrowserProps) {
  const text = useText();
  const locale = useStore(localeStore, (s) => s.locale);
  const [roots, setRoots] = useState<BrowseEntry[]>([]);
  const [folder, setFolder] = useState<BrowseAnswer>();
  const [error, setError] = useState<ApiError>();
  const [search, setSearch] = useState("");
  const [at, setAt] = useState(0);
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const list = useRef<HTMLUListElement>(null);
  /** The path at which a range begins. */
  const anchor = useRef<string>(undefined);
  const asked = useRef(0);
  /** The focus goes on to the rows of the folder that is opened. */
  const entering = useRef(false);
  const date = useMemo(() => new Intl.DateTimeFormat(locale, { dateStyle: "medium", timeStyle: "short" }), [locale]);

  const go = useCallback(
    async (path: string | undefined) => {
      const number = (asked.current += 1);
      try {
        const answer = await http.browse(path);
        if (number !== asked.current) return;
        if (path === undefined) setRoots(answer.entries);
        else sessionStorage.setItem(keyOf(kind), path);
        setFolder(answer);
        setError(undefined);
        setChosen(new Set());
        setSearch("");
        setAt(0);
        anchor.current = undefined;
      } catch (failure) {
        if (number === asked.current) setError(apiErrors(failure)[0]);
      }
    },
    [http, kind],
  );
  useEffect(() => {
    const start = async () => {
      const last = sessionStorage.getItem(keyOf(kind)) ?? undefined;
      await go(undefined);
      if (last !== undefined) await go(last);
      // The folder of last time may be gone.
      setError(undefined);
    };
    void start();
  }, [go, kind]);
  useEffect(() => {
    onChange({ folder: folder?.path ?? undefined, files: [...chosen] });
  }, [folder, chosen]);

  useEffect(() => {
    if (!entering.current) return;
    entering.current = false;
    (list.current?.querySelector<HTMLElement>("[role=option]") ?? list.current)?.focus();
  }, [folder]);

  const shown = (folder?.entries ?? []).filter(
    (e) => (e.kind === "folder" || accepts(e)) && e.name.toLowerCase().includes(search.toLowerCase()),
  );
  const present = Math.min(at, shown.length - 1);
  const focusRow = (n: number, range = false) => {
    setAt(n);
    if (range && many) {
      anchor.current ??= shown[present]?.path;
      setChosen(new Set(filesBetween(shown, anchor.current, n)));
    } else anchor.current = shown[n]?.path;
    list.current?.querySelectorAll<HTMLElement>("[role=option]")[n]?.focus();
  };
  const pressed = (entry: BrowseEntry, n: number, event: MouseEvent) => {
    const more = event.ctrlKey || event.metaKey;
    if (!event.shiftKey || !many) {
      toggle(entry, more);
      return;
    }
    const range = filesBetween(shown, anchor.current, n);
    setChosen(new Set(more ? [...chosen, ...range] : range));
  };
  const toggle = (entry: BrowseEntry, more: boolean) => {
    anchor.current = entry.path;
    if (entry.kind === "folder") {
      if (!more) setChosen(new Set());
      return;
    }
    const next = new Set(many && more ? chosen : []);
    if (many && more && chosen.has(entry.path)) next.delete(entry.path);
    else next.add(entry.path);
    setChosen(next);
  };
  const enter = (path: string | undefined) => {
    entering.current = true;
    void go(path);
  };
  const open = (entry: BrowseEntry) => {
    if (entry.kind === "folder") enter(entry.path);
    else onPick?.(entry.path);
  };
  const up = () => {
    if (folder?.path == null) return;
    enter(folder.parent ?? undefined);
  };
  const onKey = (event: KeyboardEvent) => {
    const entry = shown[present];
    const range = event.shiftKey;
    if (event.key === "ArrowDown") focusRow(Math.min(shown.length - 1, present + 1), range);
    else if (event.key === "ArrowUp") focusRow(Math.max(0, present - 1), range);
    else if (event.key === "Home") focusRow(0, range);
    else if (event.key === "End") focusRow(shown.length - 1, range);
    else if (event.key === "Backspace" || (event.key === "ArrowLeft" && !event.altKey)) up();
    else if (event.key === "ArrowRight" && entry?.kind === "folder") open(entry);
    else if (event.key === "Enter" && entry !== undefined) open(entry);
    else if (event.key === " " && entry !== undefined) toggle(entry, true);
    else if (event.key.toLowerCase() === "a" && (event.ctrlKey || event.metaKey) && many)
      setChosen(new Set(shown.filter((e) => e.kind === "file").map((e) => e.path)));
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  const path = folder?.path ?? undefined;
  return (
    <div className="files">
      <div className="files-bar">
        <IconButton icon={ArrowUp} size={14} label={text("folder-up")} disabled={path === undefined} onClick={up} />
        <nav className="crumbs" aria-label={text("folder-path")}>
          <button type="button" className="crumb" onClick={() => void go(undefined)} aria-label={text("folder-roots")}>
            <HardDrive size={13} aria-hidden />
          </button>
          {path === undefined
            ? null
            : crumbs(path, roots).map((c) => (
                <span key={c.path} className="crumb-step">
                  <ChevronRight size={12} aria-hidden />
                  <button
                    type="button"
                    className="crumb"
                    aria-current={c.path === path ? "page" : undefined}
                    onClick={() => void go(c.path)}
                  >
                    {c.name}
                  </button>
                </span>
              ))}
        </nav>
        <Search label={text("folder-filter")} value={search} onChange={setSearch} />
      </div>
      {error === undefined ? null : (
        <div className="banner danger" role="alert">
          <strong>{error.message}</strong>
          {error.hint ? <span>{error.hint}</span> : null}
        </div>
      )}
      <ul
        ref={list}
        className="files-list"
        role="listbox"
        aria-label={text("folder-entries")}
        aria-multiselectable={many}
        aria-busy={folder === undefined}
        tabIndex={shown.length === 0 ? 0 : -1}
        onKeyDown={onKey}
      >
        {shown.map((entry, n) => {
          const Icon = entry.kind === "folder" ? Folder : entry.media ? Film : FileIcon;
          return (
            <li
              key={entry.path}
              role="option"
              tabIndex={n === present ? 0 : -1}
              aria-selected={chosen.has(entry.path)}
              className={`files-row ${entry.kind}`}
              onFocus={() => setAt(n)}
              onClick={(e) => pressed(entry, n, e)}
              onDoubleClick={() => open(entry)}
            >
              <Icon size={14} aria-hidden />
              <span className="files-name">{entry.name}</span>
              <span className="muted files-size">{entry.bytes == null ? "" : shownBytes(entry.bytes)}</span>
              <span className="muted files-date">
                {entry.modified_secs == null ? "" : date.format(entry.modified_secs * 1000)}
              </span>
            </li>
          );
        })}
        {shown.length === 0 && folder !== undefined ? (
          <li className="muted none" role="presentation">
            {text(search === "" ? "folder-empty" : "nothing-found")}
          </li>
        ) : null}
      </ul>
    </div>
  );
}
