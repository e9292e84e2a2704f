// What was clicked keeps the focus, and browsers show it as if keys had brought it there once a key
// is pressed. Space then still plays; only what keys have reached is pressed by keys.

/** Focus that follows a press of the pointer so soon was brought by it. */
const SOON_MS = 300;

let pointed = false;
let at = -Infinity;

export function followClicks(): () => void {
  const down = () => {
    pointed = true;
    at = performance.now();
  };
  const focused = () => {
    if (performance.now() - at > SOON_MS) pointed = false;
  };
  const key = (event: KeyboardEvent) => {
    if (event.key === "Tab") pointed = false;
  };
  // The tabs of the dock take space for themselves as long as they have the focus.
  const clicked = (event: Event) => {
    const tab = (event.target as Element | null)?.closest?.<HTMLElement>(".dv-tab");
    if (pointed && tab != null && tab.contains(document.activeElement)) (document.activeElement as HTMLElement).blur();
  };
  document.addEventListener("pointerdown", down, true);
  document.addEventListener("click", clicked);
  document.addEventListener("focusin", focused, true);
  document.addEventListener("keydown", key, true);
  return () => {
    document.removeEventListener("pointerdown", down, true);
    document.removeEventListener("click", clicked);
    document.removeEventListener("focusin", focused, true);
    document.removeEventListener("keydown", key, true);
  };
}

/** Whether the focus is where the pointer put it. */
export function focusWasClicked(): boolean {
  return pointed;
}
