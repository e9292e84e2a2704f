import type { Ease } from "../../api/types";
import { type Lane, type KeyRef, setEase } from "../../edit/keyframes";
import { toFlicks } from "../../edit/time";
import { Select } from "../../ui/parts";
import { easeFamilies, easeKinds } from "./eases";
import type { Model } from "./model";

/** How the value goes from the chosen keyframes to the next. */
export function EaseSelect({ model, lanes, refs }: { model: Model; lanes: readonly Lane[]; refs: readonly KeyRef[] }) {
  const { text, clip } = model;
  const eases = new Set(
    refs.map(({ field, time }) => {
      const key = lanes.find((l) => l.field === field)?.keys.find((k) => toFlicks(k.time) === time);
      return key?.ease ?? "linear";
    }),
  );
  const ease: string = eases.size === 1 ? [...eases][0] : "mixed";
  const match = /^(in_out|in|out)_(\w+)$/.exec(ease);
  const kind = match?.[1] ?? ease;
  const family = match?.[2] ?? "cubic";
  const kinds = easeKinds.map((id) => ({ id: id as string, name: text(`ease-${id}`) }));
  const set = (value: string) => void model.run(setEase(clip, lanes, refs, value as Ease));
  const choose = (id: string) => {
    if (id !== "mixed") set(id === "in" || id === "out" || id === "in_out" ? `${id}_${family}` : id);
  };
  return (
    <>
      <Select
        compact
        label={text("ease")}
        value={kind}
        options={ease === "mixed" ? [{ id: "mixed", name: text("ease-mixed") }, ...kinds] : kinds}
        onChange={choose}
      />
      {match === null ? null : (
        <Select
          compact
          label={text("ease-family")}
          value={family}
          options={easeFamilies.map((id) => ({ id, name: text(`ease-family-${id}`) }))}
          onChange={(id) => set(`${kind}_${id}`)}
        />
      )}
    </>
  );
}
