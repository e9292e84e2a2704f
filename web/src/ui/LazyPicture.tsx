import type { LucideIcon } from "lucide-react";
import { useEffect, useRef, useState } from "react";

/** A picture that is fetched when it is first seen; an icon until then, and where there is none. */
export function LazyPicture({ src, icon: Icon }: { src: string; icon: LucideIcon }) {
  const frame = useRef<HTMLSpanElement>(null);
  const [seen, setSeen] = useState(false);
  const [state, setState] = useState<"none" | "there" | "failed">("none");
  useEffect(() => {
    const element = frame.current;
    if (element === null || seen) return undefined;
    const observer = new IntersectionObserver(
      (entries) => {
        if (entries.some((e) => e.isIntersecting)) setSeen(true);
      },
      { rootMargin: "80px" },
    );
    observer.observe(element);
    return () => observer.disconnect();
  }, [seen]);
  return (
    <span ref={frame} className="lazy-picture">
      {state === "there" ? null : <Icon size={15} aria-hidden />}
      {seen && state !== "failed" ? (
        <img
          src={src}
          alt=""
          draggable={false}
          hidden={state !== "there"}
          onLoad={() => setState("there")}
          onError={() => setState("failed")}
        />
      ) : null}
    </span>
  );
}
