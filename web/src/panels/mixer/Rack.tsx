import { SlidersHorizontal } from "lucide-react";
import { useEffect, useRef } from "react";
import type { Chain } from "../../edit/chain";
import { useText } from "../../l10n/locale";
import { EffectSection } from "../../ui/effects";
import { Empty } from "../../ui/parts";

/** The parameters of the effect that is chosen. */
export function Rack({ chain, effect, of }: { chain: Chain | undefined; effect: string | undefined; of: string }) {
  const text = useText();
  const found = chain?.effects.find((e) => e.id === effect);
  const rack = useRef<HTMLElement>(null);
  // Where the panel is narrow it lies below the strips.
  useEffect(() => {
    if (effect !== undefined) rack.current?.scrollIntoView({ block: "nearest" });
  }, [effect]);
  return (
    <section ref={rack} className="rack inspector" aria-label={text("mixer-rack")}>
      {chain === undefined || found === undefined ? (
        <Empty icon={SlidersHorizontal} title={text("mixer-rack-empty")}>
          <p>{text("mixer-rack-empty-hint")}</p>
        </Empty>
      ) : (
        <>
          <p className="rack-of muted">{of}</p>
          <EffectSection key={found.id} chain={chain} effect={found} />
        </>
      )}
    </section>
  );
}
