import { useState } from "react";
import type { ApiError } from "../api/types";
import { useText } from "../l10n/locale";
import { type Chosen, FileBrowser } from "../ui/FileBrowser";
import { Button, Dialog, Switch } from "../ui/parts";
import { useEditor } from "../ui/session-context";
import { apiErrors } from "../wire/errors";

export type Browsing = "import" | "project" | "relink";
const all: readonly string[] = ["import", "project", "relink"];

/** Chooses files of the server: media to import, a project to open, a folder to search. */
export function BrowseDialog({
  what,
  close,
  onOpen,
}: {
  what: string | undefined;
  close(): void;
  onOpen(project: string): void;
}) {
  const text = useText();
  const browsing = all.includes(what ?? "") ? (what as Browsing) : undefined;
  return (
    <Dialog
      wide
      open={browsing !== undefined}
      onOpenChange={(open) => !open && close()}
      title={text(`browse-${browsing ?? "import"}`)}
      about={text(`browse-${browsing ?? "import"}-about`)}
    >
      {browsing === undefined ? null : <Body what={browsing} close={close} onOpen={onOpen} />}
    </Dialog>
  );
}

function Body({ what, close, onOpen }: { what: Browsing; close(): void; onOpen(project: string): void }) {
  const { session } = useEditor();
  const text = useText();
  const [chosen, setChosen] = useState<Chosen>({ folder: undefined, files: [] });
  const [mediaOnly, setMediaOnly] = useState(true);
  const [different, setDifferent] = useState(false);
  const [error, setError] = useState<ApiError>();
  const act = async (files: readonly string[]) => {
    if (what === "import") {
      close();
      await session.importPaths(files);
    } else if (what === "relink") {
      close();
      await session.relink(chosen.folder === undefined ? [] : [chosen.folder], different);
    } else {
      try {
        const { id } = await session.http.openProject(files[0]);
        close();
        onOpen(id);
      } catch (failure) {
        setError(apiErrors(failure)[0]);
      }
    }
  };
  const ready = what === "relink" ? chosen.folder !== undefined : chosen.files.length > 0;
  return (
    <>
      <FileBrowser
        http={session.http}
        kind={what === "project" ? "project" : "media"}
        many={what === "import"}
        accepts={(e) =>
          what === "project"
            ? /\.json$/i.test(e.name)
            : what === "import"
              ? !mediaOnly || e.media === true
              : e.media === true
        }
        onChange={setChosen}
        onPick={(path) => what !== "relink" && void act([path])}
      />
      {error === undefined ? null : (
        <div className="banner danger" role="alert">
          <strong>{error.message}</strong>
          {error.hint ? <span>{error.hint}</span> : null}
        </div>
      )}
      <footer>
        {what === "import" ? (
          <span className="check">
            <Switch label={text("browse-media-only")} checked={mediaOnly} onChange={setMediaOnly} />
            {text("browse-media-only")}
          </span>
        ) : what === "relink" ? (
          <span className="check">
            <Switch label={text("relink-different")} checked={different} onChange={setDifferent} />
            {text("relink-different")}
          </span>
        ) : null}
        <span className="spring" />
        <Button onClick={close}>{text("cancel")}</Button>
        <Button look="primary" disabled={!ready} onClick={() => void act(chosen.files)}>
          {what === "import" ? text("browse-import-count", { count: chosen.files.length }) : text(`browse-${what}-act`)}
        </Button>
      </footer>
    </>
  );
}
