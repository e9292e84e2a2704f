import type { Clip, Track } from "../../api/types";
import { pictureChain, soundChain } from "../../edit/chain";
import { useText } from "../../l10n/locale";
import { AddSoundEffect } from "../../ui/add-sound-effect";
import { EffectList } from "../../ui/effects";
import { Section } from "../../ui/section";

export function PictureEffects({ clip }: { clip: Clip }) {
  const text = useText();
  const chain = pictureChain(clip);
  if (chain.effects.length > 0) return <EffectList chain={chain} />;
  return (
    <Section title={text("section-effects")}>
      <p className="muted">{text("effects-empty")}</p>
    </Section>
  );
}

/** Of the first clip; all of them get what is added. */
export function SoundEffects({ clips, track }: { clips: readonly Clip[]; track: Track | undefined }) {
  const text = useText();
  const chain = soundChain(clips[0], track);
  const add = <AddSoundEffect of={clips.map((c) => ({ clip: c.id }))} label={text("sound-effect-add")} />;
  return (
    <>
      <Section title={text("section-sound-effects")} action={add}>
        {chain.effects.length > 0 ? null : <p className="muted">{text("sound-effects-empty")}</p>}
      </Section>
      <EffectList chain={chain} />
    </>
  );
}
