import { useEffect, useState } from "react";
import { compositionRate } from "../document/select";
import { timeOfFrame } from "../edit/time";
import type { Session } from "../session/session";
import { useComposition } from "./session-context";

/** While the film plays, numbers follow a few times a second. */
const FOLLOW_MS = 120;

export function usePlayheadTime(session: Session): number {
  const composition = useComposition();
  const [frame, setFrame] = useState(session.playhead.frame);
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const stop = session.playhead.follow((now) => {
      if (!session.playing) {
        clearTimeout(timer);
        timer = undefined;
        setFrame(now);
        return;
      }
      timer ??= setTimeout(() => {
        timer = undefined;
        setFrame(session.playhead.frame);
      }, FOLLOW_MS);
    });
    return () => {
      stop();
      clearTimeout(timer);
    };
  }, [session]);
  return composition === undefined ? 0 : timeOfFrame(compositionRate(composition), frame);
}
