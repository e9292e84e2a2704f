import { Plus } from "lucide-react";
import { useMemo } from "react";
import { useStore } from "zustand";
import type { SoundTarget } from "../api/types";
import { useText } from "../l10n/locale";
import { aliasesIn, type Entry } from "./matching";
import { Pick } from "./pick";
import { useSession } from "./session-context";
import { readable } from "./values";

const families = ["level", "dynamics", "filter", "space", "modulation", "color", "channels", "repair"];

/** The sound effects of the catalogue by purpose, from what is used most. */
export function useSoundEntries(): Entry[] {
  const session = useSession();
  const text = useText();
  const catalog = useStore(session.lists, (s) => s.catalog);
  return useMemo(() => {
    const place = (family: string) => (families.indexOf(family) + families.length + 1) % (families.length + 1);
    const ordered = (catalog?.sound_effects ?? []).toSorted((a, b) => place(a.family) - place(b.family));
    return ordered.map((e) => ({
      ...e,
      family: families.includes(e.family) ? text(`sound-family-${e.family}`) : readable(e.family),
    }));
  }, [catalog, text]);
}

/** Adds a sound effect of the catalogue at the end of a list, or of several. */
export function AddSoundEffect({ of, label, added }: { of: readonly SoundTarget[]; label: string; added?(): void }) {
  const session = useSession();
  const catalog = useStore(session.lists, (s) => s.catalog);
  const entries = useSoundEntries();
  const aliases = useMemo(() => aliasesIn(catalog), [catalog]);
  const add = (effect: string) =>
    void session.run({ add_sound_effect: { of: [...of], effect } }, effect).then((event) => event && added?.());
  return (
    <Pick
      label={label}
      entries={entries}
      aliases={aliases}
      pick={add}
      trigger={
        <button type="button" className="icon-button" aria-label={label} title={label}>
          <Plus size={13} aria-hidden />
        </button>
      }
    />
  );
}
