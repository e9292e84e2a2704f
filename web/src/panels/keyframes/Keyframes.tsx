// Keyframes of the selected clip: lanes, or curves, over the clip's time.
import {
  ChartSpline,
  ChevronLeft,
  ChevronRight,
  CircleDot,
  Diamond,
  FoldVertical,
  ListTree,
  Maximize2,
  Plus,
  Trash2,
  UnfoldVertical,
  ZoomIn,
  ZoomOut,
} from "lucide-react";
import { type ReactNode, useCallback, useEffect, useMemo, useRef, useState } from "react";
import { useStore } from "zustand";
import type { Operation } from "../../api/types";
import { compositionRate, findClip } from "../../document/select";
import { addKey, addKeys, kindsOf, lanesOf, refId, removeKeys, valueRange } from "../../edit/keyframes";
import { frameLength, toFlicks } from "../../edit/time";
import { useText } from "../../l10n/locale";
import { Button, CommandButton, Empty, IconButton, Menu } from "../../ui/parts";
import { useComposition, useProject, useSession } from "../../ui/session-context";
import { apiErrors } from "../../wire/errors";
import { CurveArea } from "./CurveArea";
import { EaseSelect } from "./EaseSelect";
import { panelKeys } from "./keys";
import { LaneLabel } from "./LaneLabel";
import { LaneRows } from "./LaneRows";
import { chosenRefs, fittedView, laneName, type Model, type View, within, xOf, zoomedView } from "./model";
import { Ruler } from "./Ruler";

type Look = "lanes" | "curves";
const LEAST_CURVES_PX = 90;

export function KeyframePanel() {
  const text = useText();
  const session = useSession();
  const project = useProject();
  const composition = useComposition();
  const id = useStore(session.selection, (s) => s.clips.values().next().value as string | undefined);
  const catalog = useStore(session.lists, (s) => s.catalog);
  const found = project === undefined || id === undefined ? undefined : findClip(project, id);
  const kinds = useMemo(
    () => (found === undefined ? [] : kindsOf(found.clip, found.track.kind === "audio", catalog)),
    [found?.clip, found?.track.kind, catalog],
  );
  const lanes = useMemo(() => (found === undefined ? [] : lanesOf(found.clip, kinds)), [found?.clip, kinds]);
  const autoKey = useStore(session.canvas, (s) => s.autoKey);
  const [width, setWidth] = useState(600);
  const [height, setHeight] = useState(200);
  const [view, setView] = useState<View>();
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set());
  const [error, setError] = useState<string>();
  const [look, setLook] = useState<Look>("lanes");
  const [range, setRange] = useState<[number, number]>();
  const [shown, setShown] = useState<ReadonlySet<string>>(new Set());
  const area = useRef<HTMLDivElement>(null);

  useEffect(() => {
    setView(undefined);
    setSelected(new Set());
    setShown(new Set());
    setRange(undefined);
    setError(undefined);
  }, [id]);
  const there = found !== undefined && lanes.length > 0;
  useEffect(() => {
    const element = area.current;
    if (element === null) return undefined;
    const measure = () => {
      setWidth(element.clientWidth);
      setHeight(element.clientHeight);
    };
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    measure();
    return () => observer.disconnect();
  }, [there]);

  const run = useCallback(
    async (operation: Operation | undefined, key?: string) => {
      if (operation === undefined) return false;
      try {
        await session.commit(operation, key);
        setError(undefined);
        return true;
      } catch (failure) {
        setError(
          apiErrors(failure)
            .map((e) => [e.message, e.hint].filter(Boolean).join(" – "))
            .join("\n"),
        );
        return false;
      }
    },
    [session],
  );

  const rate = composition === undefined ? { num: 25, den: 1 } : compositionRate(composition);
  const length = found === undefined ? 1 : toFlicks(found.clip.duration);
  const model: Model | undefined =
    found === undefined
      ? undefined
      : {
          session,
          text,
          clip: found.clip,
          rate,
          length,
          half: frameLength(rate) / 2,
          kinds,
          lanes,
          view: view ?? fittedView(length, width),
          width,
          selected,
          select: (ids) => {
            const next = new Set(ids);
            setSelected(next);
            return next;
          },
          reselect: (was, ids) => setSelected((now) => (now === was ? new Set(ids) : now)),
          run,
        };
  const latest = useRef(model);
  latest.current = model;

  // Wheel: Ctrl zooms, Shift or sideways scrolls in time.
  useEffect(() => {
    const element = area.current;
    if (element === null) return undefined;
    const wheel = (event: WheelEvent) => {
      const now = latest.current;
      if (now === undefined || event.altKey) return;
      const sideways = event.shiftKey ? event.deltaY : event.deltaX;
      if (event.ctrlKey || event.metaKey) {
        event.preventDefault();
        const x = event.clientX - element.getBoundingClientRect().left;
        setView(zoomedView(now.view, Math.exp(-event.deltaY * 0.003), x, now.length, now.width));
      } else if (sideways !== 0) {
        event.preventDefault();
        setView(within({ ...now.view, left: now.view.left + sideways * now.view.flicksPerPx }, now.length, now.width));
      }
    };
    element.addEventListener("wheel", wheel, { passive: false });
    return () => element.removeEventListener("wheel", wheel);
  }, [there]);

  if (model === undefined) {
    return (
      <div className="panel keyframes">
        <Empty icon={Diamond} title={text("keyframes-no-clip")}>
          <p>{text("keyframes-no-clip-hint")}</p>
        </Empty>
      </div>
    );
  }
  const { clip } = model;
  const start = toFlicks(clip.start);
  const time = () => Math.min(length, Math.max(0, session.now() - start));
  const refs = chosenRefs(model);
  const unanimated = kinds.filter((k) => !lanes.some((l) => l.field === k.field));
  const add = (
    <Menu
      trigger={<Button icon={Plus}>{text("keyframes-add")}</Button>}
      entries={unanimated.map((kind) => ({
        label: laneName(text, kind),
        run: () => void run(addKey(clip, kind, time(), model.half)),
      }))}
    />
  );
  if (lanes.length === 0) {
    return (
      <div className="panel keyframes">
        <Empty icon={Diamond} title={text("keyframes-empty")}>
          <p>{text("keyframes-empty-hint")}</p>
          {add}
        </Empty>
        <Alert error={error} />
      </div>
    );
  }
  const numeric = lanes.filter((l) => l.numeric);
  const wanted = numeric.filter((l) => shown.has(l.field));
  const curves = wanted.length > 0 ? wanted : numeric.slice(0, 1);
  const scaleValues = (factor: number) => {
    const [low, high] = range ?? valueRange(curves, 0, length);
    const [middle, half] = [(low + high) / 2, ((high - low) / 2) * factor];
    setRange([middle - half, middle + half]);
  };
  const fit = () => {
    setView(undefined);
    setRange(undefined);
  };
  return (
    <div className="panel keyframes" onKeyDown={(e) => panelKeys(e, model, look === "curves")}>
      <div className="kf-tools" role="toolbar" aria-label={text("keyframes-tools")}>
        <span className="segmented">
          <IconButton
            icon={ListTree}
            label={text("keyframes-lanes")}
            pressed={look === "lanes"}
            onClick={() => setLook("lanes")}
          />
          <IconButton
            icon={ChartSpline}
            label={text("keyframes-curves")}
            pressed={look === "curves"}
            disabled={numeric.length === 0}
            onClick={() => setLook("curves")}
          />
        </span>
        <span className="divider" />
        <CommandButton id="previous-keyframe" icon={ChevronLeft} />
        <IconButton
          icon={Diamond}
          label={text("keyframes-set")}
          onClick={() => void run(addKeys(clip, lanes, time(), model.half))}
        />
        <CommandButton id="next-keyframe" icon={ChevronRight} />
        <IconButton
          icon={Trash2}
          label={text("keyframes-remove")}
          disabled={refs.length === 0}
          onClick={() => void run(removeKeys(clip, refs))}
        />
        <span className="divider" />
        {refs.length === 0 ? (
          <span className="muted kf-hint">{text("keyframes-choose")}</span>
        ) : (
          <EaseSelect model={model} lanes={lanes} refs={refs} />
        )}
        <span className="spring" />
        {unanimated.length === 0 ? null : add}
        <CommandButton id="toggle-auto-key" icon={CircleDot} pressed={autoKey} />
        <span className="divider" />
        <IconButton
          icon={ZoomOut}
          label={text("keyframes-zoom-out")}
          onClick={() => setView(zoomedView(model.view, 1 / 1.5, width / 2, length, width))}
        />
        <IconButton
          icon={ZoomIn}
          label={text("keyframes-zoom-in")}
          onClick={() => setView(zoomedView(model.view, 1.5, width / 2, length, width))}
        />
        {look === "curves" ? (
          <>
            <IconButton icon={FoldVertical} label={text("keyframes-values-out")} onClick={() => scaleValues(1.5)} />
            <IconButton
              icon={UnfoldVertical}
              label={text("keyframes-values-in")}
              onClick={() => scaleValues(1 / 1.5)}
            />
          </>
        ) : null}
        <IconButton icon={Maximize2} label={text("keyframes-fit")} onClick={fit} />
      </div>
      <div className="kf-body">
        <div className="kf-labels">
          <div className="kf-corner" />
          {lanes.map((lane) => (
            <LaneLabel
              key={lane.field}
              model={model}
              lane={lane}
              shown={look === "curves" ? curves.includes(lane) : undefined}
              choose={(more) => {
                if (look === "curves" && lane.numeric) {
                  const rest = more ? curves.map((l) => l.field) : [];
                  const without = rest.filter((f) => f !== lane.field);
                  setShown(new Set(rest.includes(lane.field) ? without : [...rest, lane.field]));
                  setRange(undefined);
                } else model.select(lane.keys.map((k) => refId({ field: lane.field, time: toFlicks(k.time) })));
              }}
            />
          ))}
        </div>
        <div className="kf-area" ref={area}>
          <Ruler model={model} />
          {look === "lanes" ? (
            <LaneRows model={model} />
          ) : (
            <CurveArea
              model={model}
              lanes={curves}
              height={Math.max(LEAST_CURVES_PX, height - 24)}
              range={range}
              setRange={setRange}
            />
          )}
          <PlayheadLine model={model} />
        </div>
      </div>
      <Alert error={error} />
    </div>
  );
}

function Alert({ error }: { error: string | undefined }): ReactNode {
  return error === undefined ? null : (
    <div className="kf-error" role="alert">
      {error}
    </div>
  );
}

/** Moves with the picture, without a render. */
function PlayheadLine({ model }: { model: Model }) {
  const line = useRef<HTMLDivElement>(null);
  const latest = useRef(model);
  latest.current = model;
  const place = useCallback(() => {
    const { session, clip, view, width } = latest.current;
    const x = xOf(view, session.now() - toFlicks(clip.start));
    if (line.current === null) return;
    line.current.style.visibility = x < 0 || x > width ? "hidden" : "visible";
    line.current.style.translate = `${x}px 0`;
  }, []);
  useEffect(() => model.session.playhead.follow(place), [model.session, place]);
  useEffect(place);
  return <div ref={line} className="kf-playhead" aria-hidden />;
}
