import { Tooltip } from "radix-ui";
import { useEffect, useMemo, useState } from "react";
import { preferences } from "../ui/preferences";
import { Session } from "../session/session";
import { apiErrors, RequestFailed } from "../wire/errors";
import { Http } from "../wire/http";
import { remember, type Start } from "./address";
import { Editor } from "./Editor";
import { type Lost, ProjectPicker } from "./ProjectPicker";

export function App({ start }: { start: Start }) {
  const http = useMemo(() => new Http(location.origin, start.token), [start.token]);
  const [project, setProject] = useState(start.project);
  const [lost, setLost] = useState<Lost>();
  const [session, setSession] = useState<Session>();
  useEffect(() => {
    if (project === undefined) return undefined;
    remember(project);
    const made = new Session(http, project);
    const { snapping, quality } = preferences.getState();
    made.timeline.setState({ snapping });
    if (quality !== "auto") made.quality(quality);
    setSession(made);
    // A bookmark may name what this server has not: another project is chosen.
    const stop = made.document.subscribe(({ project: there, failure }) => {
      if (there !== undefined || !(failure instanceof RequestFailed) || failure.status !== 404) return;
      setLost({ project, error: apiErrors(failure)[0] });
      setSession(undefined);
      setProject(undefined);
    });
    void made.start();
    return () => {
      stop();
      made.stop();
    };
  }, [http, project]);
  return (
    <Tooltip.Provider delayDuration={500} skipDelayDuration={200}>
      {project === undefined ? (
        <ProjectPicker http={http} lost={lost} onOpen={setProject} />
      ) : session === undefined ? null : (
        <Editor key={session.project} session={session} onOpen={setProject} />
      )}
    </Tooltip.Provider>
  );
}
