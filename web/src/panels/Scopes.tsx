import { Columns2, Grid2x2, type LucideIcon, Square } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import { useStore } from "zustand";
import { useText } from "../l10n/locale";
import type { Player } from "../session/player";
import { IconButton, Select } from "../ui/parts";
import { paintScope } from "../ui/scopes";
import { useSession } from "../ui/session-context";
import { useVisible } from "../ui/visible";
import { type Scope, scopeIds } from "../wire/messages";

type Count = 1 | 2 | 4;

interface Arrangement {
  count: Count;
  /** What the cells show. */
  cells: Scope[];
}

const KEY = "cutroom.scopes";
const usual: Arrangement = { count: 2, cells: ["waveform", "vectorscope", "parade", "histogram"] };

function kept(): Arrangement {
  try {
    const found = JSON.parse(localStorage.getItem(KEY) ?? "{}") as Partial<Arrangement>;
    const cells = usual.cells.map((cell, n) => scopeIds.find((id) => id === found.cells?.[n]) ?? cell);
    return { count: found.count === 1 || found.count === 4 ? found.count : 2, cells };
  } catch {
    return usual;
  }
}

const counts: readonly [Count, LucideIcon][] = [
  [1, Square],
  [2, Columns2],
  [4, Grid2x2],
];

/** What the picture of the monitor that has the focus consists of. */
export function Scopes() {
  const session = useSession();
  const text = useText();
  const [arrangement, setArrangement] = useState(kept);
  const source = useStore(session.sources.store, (s) => (s.focused ? s.player : undefined));
  const player = source ?? session;
  const panel = useRef<HTMLDivElement>(null);
  const visible = useVisible(panel);
  const { count, cells } = arrangement;
  const shown = cells.slice(0, count);
  const wanted = [...new Set(shown)].sort().join(" ");
  useEffect(() => {
    if (!visible) return undefined;
    return player.wantScopes(wanted.split(" ") as Scope[]);
  }, [player, visible, wanted]);
  const change = (next: Partial<Arrangement>) => {
    const all = { ...arrangement, ...next };
    localStorage.setItem(KEY, JSON.stringify(all));
    setArrangement(all);
  };
  return (
    <div className="panel scopes" ref={panel}>
      <div className="panel-bar">
        <div className="segmented" role="group" aria-label={text("scopes-layout")}>
          {counts.map(([n, icon]) => (
            <IconButton
              key={n}
              icon={icon}
              size={14}
              label={text(`scopes-${n}`)}
              pressed={count === n}
              onClick={() => change({ count: n })}
            />
          ))}
        </div>
        <span className="spring" />
        <span className="muted">{text(source === undefined ? "panel-viewer" : "panel-source")}</span>
      </div>
      <div className={`scope-grid count-${count}`}>
        {shown.map((scope, n) => (
          <div key={n} className="scope-cell">
            <div className="scope-head">
              <Select
                compact
                label={text("scope-choose", { n: n + 1 })}
                value={scope}
                options={scopeIds.map((id) => ({ id, name: text(`scope-${id}`) }))}
                onChange={(id) => change({ cells: cells.with(n, id as Scope) })}
              />
            </div>
            <ScopeView player={player} scope={scope} />
          </div>
        ))}
      </div>
    </div>
  );
}

function ScopeView({ player, scope }: { player: Player; scope: Scope }) {
  const text = useText();
  const frame = useRef<HTMLDivElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    const [element, box] = [canvas.current, frame.current];
    const context = element?.getContext("2d", { alpha: false });
    if (element === null || box === null || !context) return undefined;
    const paint = () => {
      const [width, height] = [box.clientWidth, box.clientHeight];
      if (width < 20 || height < 20) return;
      const dpr = globalThis.devicePixelRatio || 1;
      const [w, h] = [Math.round(width * dpr), Math.round(height * dpr)];
      if (element.width !== w || element.height !== h) [element.width, element.height] = [w, h];
      context.setTransform(dpr, 0, 0, dpr, 0, 0);
      const picture = player.scopes.of(scope);
      paintScope(context, scope, picture?.image, width, height);
      if (picture !== undefined) element.dataset.frame = String(picture.frame);
    };
    const observer = new ResizeObserver(paint);
    observer.observe(box);
    const stop = player.scopes.follow((picture) => picture.scope === scope && paint());
    paint();
    return () => {
      observer.disconnect();
      stop();
    };
  }, [player, scope]);
  return (
    <div className="scope-view" ref={frame}>
      <canvas ref={canvas} role="img" aria-label={text(`scope-${scope}-about`)} data-testid={`scope-${scope}`} />
    </div>
  );
}
