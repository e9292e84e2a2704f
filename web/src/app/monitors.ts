// Which monitor the keys of the transport mean: the one that was touched last, or that has the
// focus. The timeline belongs to the film.
import type { Session } from "../session/session";

export function followMonitors(session: Session): () => void {
  const root = document.documentElement;
  const touched = (event: Event) => {
    const place = (event.target as Element | null)?.closest?.<HTMLElement>("[data-monitor]");
    if (place != null && place !== root) session.sources.focus(place.dataset.monitor === "source");
  };
  const show = () => {
    const { player, focused } = session.sources.store.getState();
    if (player === undefined) delete root.dataset.monitorFocus;
    else root.dataset.monitorFocus = focused ? "source" : "programme";
  };
  show();
  const stop = session.sources.store.subscribe(show);
  document.addEventListener("pointerdown", touched, true);
  document.addEventListener("focusin", touched, true);
  return () => {
    stop();
    document.removeEventListener("pointerdown", touched, true);
    document.removeEventListener("focusin", touched, true);
  };
}

export function focusedTimecode(session: Session): HTMLElement | null {
  const monitor = session.sources.focused() === undefined ? "programme" : "source";
  return document.querySelector(`[data-monitor="${monitor}"] .timecode-entry`);
}
