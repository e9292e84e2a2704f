import { ChevronLeft, ChevronRight, Diamond } from "lucide-react";
import { addKey, type Lane, neighbourKey, removeKeys } from "../../edit/keyframes";
import { toFlicks } from "../../edit/time";
import { IconButton } from "../../ui/parts";
import { usePlayheadTime } from "../../ui/playhead-time";
import { ROW_PX } from "./LaneRows";
import { laneName, type Model } from "./model";

/** The name of a parameter, and its keyframe at the playhead, as in the inspector. */
export function LaneLabel({
  model,
  lane,
  shown,
  choose,
}: {
  model: Model;
  lane: Lane;
  /** Whether its curve is drawn; absent where there are no curves. */
  shown: boolean | undefined;
  choose(more: boolean): void;
}) {
  const { session, text, clip, half, length } = model;
  const name = laneName(text, lane);
  const start = toFlicks(clip.start);
  const time = usePlayheadTime(session) - start;
  const inside = time >= 0 && time <= length;
  const near = lane.keys.find((k) => Math.abs(toFlicks(k.time) - time) < half);
  const [before, after] = [neighbourKey([lane], time, -1), neighbourKey([lane], time, 1)];
  const seek = (to: number | undefined) => to !== undefined && session.seekTime(start + to);
  return (
    <div className="kf-label" style={{ height: ROW_PX }}>
      <button
        type="button"
        className="kf-name"
        aria-pressed={shown}
        title={name}
        onClick={(e) => choose(e.ctrlKey || e.shiftKey)}
      >
        {name}
      </button>
      <IconButton
        icon={ChevronLeft}
        size={12}
        label={text("previous-keyframe", { field: name })}
        disabled={before === undefined}
        onClick={() => seek(before)}
      />
      <IconButton
        icon={Diamond}
        size={11}
        className={near === undefined ? "kf-toggle" : "kf-toggle here"}
        label={text(near === undefined ? "set-keyframe" : "remove-keyframe", { field: name })}
        pressed={near !== undefined}
        disabled={!inside}
        onClick={() =>
          void model.run(
            near === undefined
              ? addKey(clip, lane, time, half)
              : removeKeys(clip, [{ field: lane.field, time: toFlicks(near.time) }]),
          )
        }
      />
      <IconButton
        icon={ChevronRight}
        size={12}
        label={text("next-keyframe", { field: name })}
        disabled={after === undefined}
        onClick={() => seek(after)}
      />
    </div>
  );
}
