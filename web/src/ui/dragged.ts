// What is dragged from one panel to another.

export const MEDIA = "application/x-cutroom-media";
export const EFFECT = "application/x-cutroom-effect";
export const TRANSITION = "application/x-cutroom-transition";

// While something is dragged, browsers tell a target only of which kind it is; the length of a
// medium is needed to show where it would go.
let media: string | undefined;

export function dragMedia(id: string | undefined): void {
  media = id;
}

export function draggedMedia(): string | undefined {
  return media;
}
