import { CloudUpload, Ellipsis, FileQuestion, Film, Image as ImageIcon, Music, Plus } from "lucide-react";
import { type DragEvent, useState } from "react";
import { useStore } from "zustand";
import type { Media } from "../../api/types";
import { mediaName } from "../../document/select";
import { secs, toFlicks } from "../../edit/time";
import { useText } from "../../l10n/locale";
import { dragMedia, MEDIA } from "../../ui/dragged";
import { Button, Context, Empty, Menu, type MenuEntry, Search } from "../../ui/parts";
import { UploadList } from "./Uploads";
import { useEditor, useProject, useSession } from "../../ui/session-context";

export function MediaBin() {
  const { session, ui } = useEditor();
  const text = useText();
  const project = useProject();
  const lost = useStore(session.lists, (s) => s.offline);
  const offline = (project?.media ?? []).filter((m) => lost.has(m.id)).length;
  const [search, setSearch] = useState("");
  const [over, setOver] = useState(false);
  const media = (project?.media ?? []).filter((m) => mediaName(m).toLowerCase().includes(search.toLowerCase()));
  const hasFiles = (event: DragEvent) => event.dataTransfer.types.includes("Files");
  return (
    <div
      className={`panel media ${over ? "over" : ""}`}
      onDragOver={(e) => {
        if (!hasFiles(e)) return;
        e.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={(e) => {
        if (!hasFiles(e)) return;
        e.preventDefault();
        setOver(false);
        void session.importFiles([...e.dataTransfer.files]);
      }}
    >
      <div className="panel-bar">
        <Search label={text("search-media")} value={search} onChange={setSearch} />
        <Menu
          align="end"
          trigger={<Button icon={Plus}>{text("import")}</Button>}
          entries={[{ command: "import" }, { command: "browse" }]}
        />
      </div>
      <UploadList />
      {offline > 0 ? (
        <div className="offline-note" role="status">
          <FileQuestion size={14} aria-hidden />
          <span>{text("offline-count", { count: offline })}</span>
          <span className="spring" />
          <Button className="small" onClick={() => ui.browse("relink")}>
            {text("relink-find")}
          </Button>
        </div>
      ) : null}
      {(project?.media ?? []).length === 0 && project !== undefined ? (
        <Empty icon={CloudUpload} title={text("media-empty")}>
          <p>{text("media-empty-hint")}</p>
          <Button look="primary" onClick={() => ui.importFiles()}>
            {text("cmd-import")}
          </Button>
        </Empty>
      ) : (
        <ul className="cards" aria-label={text("panel-media")}>
          {media.map((m) => (
            <Card key={m.id} media={m} />
          ))}
          {media.length === 0 && search !== "" ? <li className="muted none">{text("nothing-found")}</li> : null}
        </ul>
      )}
    </div>
  );
}

function Card({ media }: { media: Media }) {
  const { session, ui } = useEditor();
  const text = useText();
  const chosen = useStore(session.selection, (s) => s.media === media.id);
  const offline = useStore(session.lists, (s) => s.offline.has(media.id));
  const choose = () => session.selection.setState({ media: media.id });
  const open = () => {
    choose();
    session.sources.open(media.id);
    ui.panel("source");
  };
  const used = useUses(media.id);
  const entries: MenuEntry[] = [
    { label: text("open-in-source"), run: open },
    ...(offline ? [{ command: "relink" }] : []),
    "line",
    { command: "append-media" },
    { command: "insert-media" },
    { command: "overwrite-media" },
    { command: "ontop-media" },
    "line",
    {
      label: text(used > 0 ? "remove-media-used" : "remove-media", { count: used }),
      danger: true,
      run: () => void session.run({ remove_media: { id: media.id, with_clips: used > 0 } }, "remove-media"),
    },
  ];
  const facts = media.facts;
  const size = facts?.size ? `${facts.size.width}×${facts.size.height}` : "";
  const rate = facts?.frame_rate ? ` · ${Number(rateNumber(facts.frame_rate).toFixed(3))} fps` : "";
  return (
    <Context entries={() => (choose(), entries)}>
      <li className={`card ${chosen ? "chosen" : ""}`} data-media={media.id}>
        <button
          type="button"
          className="card-body"
          aria-pressed={chosen}
          draggable
          onClick={choose}
          onDoubleClick={open}
          onKeyDown={(e) => e.key === "Enter" && (open(), e.preventDefault())}
          onDragStart={(e) => {
            choose();
            const { marks, parts } = session.sources.use(media);
            dragMedia(media.id, marks, parts);
            e.dataTransfer.setData(MEDIA, media.id);
            e.dataTransfer.effectAllowed = "copy";
          }}
          onDragEnd={() => dragMedia(undefined)}
        >
          <Thumbnail media={media} offline={offline} />
          <span className="card-name">{mediaName(media)}</span>
          <span className="muted card-facts">{`${size}${rate}`}</span>
        </button>
        <div className="card-menu">
          <Menu
            align="end"
            trigger={
              <button
                type="button"
                className="icon-button"
                aria-label={text("media-menu", { name: mediaName(media) })}
                onPointerDown={choose}
              >
                <Ellipsis size={14} aria-hidden />
              </button>
            }
            entries={entries}
          />
        </div>
      </li>
    </Context>
  );
}

function useUses(id: string): number {
  const project = useProject();
  let uses = 0;
  for (const composition of project?.compositions ?? []) {
    for (const track of composition.tracks ?? []) {
      for (const clip of track.clips ?? []) if ((clip.source as { media?: string }).media === id) uses += 1;
    }
  }
  return uses;
}

function rateNumber(rate: number | string): number {
  if (typeof rate === "number") return rate;
  const [n, d] = rate.split("/").map(Number);
  return n / (d ?? 1);
}

function Thumbnail({ media, offline }: { media: Media; offline: boolean }) {
  const session = useSession();
  const text = useText();
  const changes = useStore(session.lists, (s) => s.changes.get(media.id) ?? 0);
  const [failed, setFailed] = useState(-1);
  const audio = media.kind === "audio" || media.facts?.video_streams === 0;
  const length = media.facts?.duration && media.kind !== "image" ? secs(toFlicks(media.facts.duration)) : undefined;
  const Icon = offline ? FileQuestion : audio ? Music : media.kind === "image" ? ImageIcon : Film;
  const at = length === undefined ? 0 : Math.min(length / 3, 10);
  return (
    <span className={`thumb ${offline ? "offline" : ""}`}>
      {audio || offline || failed === changes ? (
        <Icon size={26} strokeWidth={1.3} aria-hidden />
      ) : (
        <img
          key={changes}
          alt=""
          loading="lazy"
          draggable={false}
          src={session.http.thumbnailUrl(session.project, media.id, at, 240)}
          onError={() => setFailed(changes)}
        />
      )}
      {offline ? <span className="thumb-note">{text("offline")}</span> : null}
      {length === undefined ? null : (
        <span className="thumb-length" aria-hidden>
          {clock(length)}
        </span>
      )}
    </span>
  );
}

function clock(seconds: number): string {
  const whole = Math.round(seconds);
  const two = (n: number) => String(n).padStart(2, "0");
  const [h, m, s] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  return h > 0 ? `${h}:${two(m)}:${two(s)}` : `${m}:${two(s)}`;
}
