// Pointers on the picture: drags of handles, of the picture itself, the hand, the wheel, and touch.
import { type MouseEvent, type PointerEvent, useEffect, useRef } from "react";
import type { Clip } from "../api/types";
import type { Point } from "../edit/affine";
import { scrubbedTo } from "../edit/touch";
import type { Gizmos, Handle } from "./gizmos";
import type { Stage } from "./stage";

interface Host {
  stage: Stage;
  gizmos: Gizmos;
  toggle(): void;
  select(clip: Clip | undefined): void;
  focus(): void;
  fullscreen(): void;
}

/** A pointer that moves less has clicked. */
const CLICK_PX = 4;

type Press =
  | { kind: "handle"; from: Point; started: boolean }
  | { kind: "pan"; last: Point }
  | { kind: "body"; from: Point; under: Clip | undefined; handle: string | undefined; started: boolean }
  | { kind: "touch"; from: Point; frame: number; scrubbing: boolean };

export function usePointers(host: Host) {
  const { stage, gizmos } = host;
  const { session } = gizmos;
  const press = useRef<Press | undefined>(undefined);
  /** Two taps play and pause; they are no double click. */
  const touched = useRef(false);
  const hand = useRef({ held: false, used: false, over: false });
  const latest = useRef(host);
  latest.current = host;

  // Space held over an enlarged picture is the hand; a tap of it still plays.
  useEffect(() => {
    const now = hand.current;
    const down = (event: KeyboardEvent) => {
      const { zoom, editing } = session.canvas.getState();
      if (event.key !== " " || zoom === "fit" || editing !== undefined || !now.over) return;
      if (event.target instanceof HTMLInputElement || event.target instanceof HTMLTextAreaElement) return;
      event.preventDefault();
      event.stopPropagation();
      if (!event.repeat) [now.held, now.used] = [true, false];
    };
    const up = (event: KeyboardEvent) => {
      if (event.key !== " " || !now.held) return;
      now.held = false;
      event.preventDefault();
      event.stopPropagation();
      if (!now.used) latest.current.toggle();
    };
    window.addEventListener("keydown", down, true);
    window.addEventListener("keyup", up, true);
    return () => {
      window.removeEventListener("keydown", down, true);
      window.removeEventListener("keyup", up, true);
    };
  }, [session]);
  useEffect(() => {
    const escape = (event: KeyboardEvent) => {
      if (event.key !== "Escape" || !gizmos.dragging) return;
      event.preventDefault();
      event.stopPropagation();
      press.current = undefined;
      gizmos.cancel();
    };
    window.addEventListener("keydown", escape, true);
    return () => window.removeEventListener("keydown", escape, true);
  }, [gizmos]);
  // React listens to the wheel passively, which cannot keep the page from zooming.
  useEffect(() => {
    const wheel = (event: WheelEvent) => {
      const overlay = (event.target as HTMLElement).closest<HTMLElement>(".canvas-overlay");
      if (overlay === null) return;
      const rect = overlay.getBoundingClientRect();
      if (event.ctrlKey || event.metaKey) {
        event.preventDefault();
        stage.zoomAbout(Math.exp(-event.deltaY * 0.0025), [event.clientX - rect.left, event.clientY - rect.top]);
      } else if (session.canvas.getState().zoom !== "fit") {
        event.preventDefault();
        stage.pan(event.shiftKey ? [-event.deltaY, -event.deltaX] : [-event.deltaX, -event.deltaY]);
      }
    };
    window.addEventListener("wheel", wheel, { passive: false });
    return () => window.removeEventListener("wheel", wheel);
  }, [stage, session]);

  const onScreen = (event: MouseEvent): Point => {
    const overlay = (event.currentTarget as HTMLElement).closest(".canvas-overlay") as HTMLElement;
    const rect = overlay.getBoundingClientRect();
    return [event.clientX - rect.left, event.clientY - rect.top];
  };
  const onCanvas = (event: MouseEvent) => stage.toCanvas(onScreen(event));
  const keys = (event: MouseEvent) => ({
    shift: event.shiftKey,
    alt: event.altKey,
    ctrl: event.ctrlKey || event.metaKey,
  });
  const capture = (event: PointerEvent<HTMLElement>) => event.currentTarget.setPointerCapture(event.pointerId);

  const panStarts = (event: PointerEvent<HTMLElement>): boolean => {
    if (event.button !== 1 && !(hand.current.held && event.button === 0)) return false;
    event.preventDefault();
    event.stopPropagation();
    hand.current.used = true;
    capture(event);
    press.current = { kind: "pan", last: [event.clientX, event.clientY] };
    return true;
  };

  const down = (event: PointerEvent<HTMLElement>) => {
    const { mode, drawing, editing } = session.canvas.getState();
    touched.current = event.pointerType === "touch";
    if (editing !== undefined || panStarts(event) || event.button !== 0) return;
    const point = onCanvas(event);
    if (drawing) {
      gizmos.addPoint(point);
      return;
    }
    capture(event);
    if (event.pointerType === "touch") {
      const from: Point = [event.clientX, event.clientY];
      press.current = { kind: "touch", from, frame: session.playhead.frame, scrubbing: false };
      return;
    }
    const under = session.playing ? undefined : gizmos.under(point);
    let handle: string | undefined;
    if (mode === "transform" || mode === "crop") {
      if (!gizmos.onTarget(point) && under !== undefined && mode === "transform") host.select(under);
      if (gizmos.onTarget(point)) handle = mode === "crop" ? "crop-move" : "move";
    }
    press.current = { kind: "body", from: [event.clientX, event.clientY], under, handle, started: false };
  };

  const move = (event: PointerEvent<HTMLElement>) => {
    const now = press.current;
    if (now === undefined) return;
    const at: Point = [event.clientX, event.clientY];
    if (now.kind === "pan") {
      stage.pan([at[0] - now.last[0], at[1] - now.last[1]]);
      now.last = at;
    } else if (now.kind === "handle") {
      now.started ||= Math.hypot(at[0] - now.from[0], at[1] - now.from[1]) >= CLICK_PX;
      if (now.started) gizmos.move(onCanvas(event), keys(event));
    } else if (now.kind === "touch") {
      const by = at[0] - now.from[0];
      if (!now.scrubbing && Math.abs(by) < CLICK_PX * 2) return;
      now.scrubbing = true;
      session.seek(scrubbedTo(now.frame, by, stage.frame.width, session.frames()), true);
    } else {
      const far = Math.hypot(at[0] - now.from[0], at[1] - now.from[1]) >= CLICK_PX;
      if (!now.started && far && now.handle !== undefined) {
        now.started = true;
        const [x, y] = onScreen(event);
        gizmos.begin(now.handle, stage.toCanvas([x - at[0] + now.from[0], y - at[1] + now.from[1]]));
      }
      if (now.started) gizmos.move(onCanvas(event), keys(event));
    }
  };

  const up = (event: PointerEvent<HTMLElement>) => {
    // Moves may be told in bundles; where it is lifted counts.
    move(event);
    const now = press.current;
    press.current = undefined;
    if (now === undefined) return;
    if ((now.kind === "handle" || now.kind === "body") && now.started) {
      event.stopPropagation();
      void gizmos.end();
      if (now.kind === "body") host.focus();
    } else if (now.kind === "handle") {
      // A click, such as one of a double click, moves nothing.
      event.stopPropagation();
      gizmos.cancel();
    } else if (now.kind === "touch") {
      if (now.scrubbing) session.seek(session.playhead.frame);
      else host.toggle();
    } else if (now.kind === "body" && !session.playing) {
      // A click beside a mask or a pin is no reason to leave its clip.
      const { mode } = session.canvas.getState();
      if ((mode !== "mask" && mode !== "pin") || gizmos.scene() === undefined) host.select(now.under);
      host.focus();
    }
  };

  const cancel = () => {
    press.current = undefined;
    gizmos.cancel();
  };

  const root = {
    onPointerDown: down,
    onPointerMove: move,
    onPointerUp: up,
    onPointerCancel: cancel,
    onPointerEnter: () => {
      hand.current.over = true;
    },
    onPointerLeave: () => {
      hand.current.over = false;
    },
    onDoubleClick: (event: MouseEvent) => {
      const { drawing, mode, mask, editing } = session.canvas.getState();
      if (drawing || editing !== undefined) return;
      const clip = gizmos.textUnder(onCanvas(event));
      if (clip !== undefined) session.canvas.setState({ editing: clip.id });
      else if (!touched.current && (mode !== "mask" || mask === undefined)) host.fullscreen();
    },
  };

  const handle = (one: Handle) => ({
    onPointerDown: (event: PointerEvent<HTMLElement>) => {
      if (panStarts(event)) return;
      if (event.button !== 0) return;
      event.stopPropagation();
      if ((event.ctrlKey || event.metaKey) && one.kind === "point" && one.id.startsWith("mask:")) {
        void gizmos.vertex(one.id, event.shiftKey ? "add" : "remove");
        return;
      }
      capture(event);
      press.current = { kind: "handle", from: [event.clientX, event.clientY], started: false };
      gizmos.begin(one.id, onCanvas(event));
    },
    onPointerMove: (event: PointerEvent<HTMLElement>) => {
      event.stopPropagation();
      move(event);
    },
    onPointerUp: (event: PointerEvent<HTMLElement>) => {
      event.stopPropagation();
      up(event);
    },
    onPointerCancel: cancel,
  });

  return { root, handle };
}
