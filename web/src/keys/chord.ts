// Chords of keys as texts: "Ctrl+Shift+K", "ArrowLeft", "Comma". Letters are those that the layout
// prints on the key; where it has no Latin letters, and for signs, the position of the key counts.

export interface KeyPress {
  key: string;
  code: string;
  ctrlKey: boolean;
  metaKey: boolean;
  shiftKey: boolean;
  altKey: boolean;
}

export function chordOf(event: KeyPress): string {
  const name = keyName(event);
  const parts = [
    event.ctrlKey || event.metaKey ? "Ctrl" : "",
    event.altKey ? "Alt" : "",
    event.shiftKey ? "Shift" : "",
    name,
  ];
  return parts.filter((p) => p !== "").join("+");
}

function keyName(event: KeyPress): string {
  if (/^[a-z]$/i.test(event.key)) return event.key.toUpperCase();
  const letter = /^Key([A-Z])$/.exec(event.code);
  if (letter !== null) return letter[1];
  const digit = /^(?:Digit|Numpad)(\d)$/.exec(event.code);
  if (digit !== null) return digit[1];
  if (event.code === "NumpadEnter") return "Enter";
  return event.code || event.key;
}

export function normalised(chord: string): string {
  const parts = chord.split("+");
  const name = parts.pop() as string;
  return [...["Ctrl", "Alt", "Shift"].filter((m) => parts.includes(m)), name].join("+");
}

const signs: Record<string, string> = {
  ArrowLeft: "←",
  ArrowRight: "→",
  ArrowUp: "↑",
  ArrowDown: "↓",
  Comma: ",",
  Period: ".",
  Slash: "/",
  Backslash: "\\",
  BracketLeft: "[",
  BracketRight: "]",
  Semicolon: ";",
  Quote: "'",
  Backquote: "`",
  Minus: "−",
  Equal: "=",
};

/** As it is shown beside a command. */
export function shown(chord: string, mac = false): string {
  const parts = chord.split("+");
  const name = parts.pop() as string;
  const words = mac ? { Ctrl: "⌘", Alt: "⌥", Shift: "⇧" } : { Ctrl: "Ctrl", Alt: "Alt", Shift: "Shift" };
  const all = [...parts.map((p) => words[p as keyof typeof words]), signs[name] ?? name];
  return all.join(mac ? "" : "+");
}

/** What browsers keep for themselves, or what people expect them to do. */
export const reserved: readonly string[] = [
  ...["W", "T", "N", "R", "L", "D", "P", "Equal", "Minus", "0"].map((k) => `Ctrl+${k}`),
  ...["W", "T", "N", "R"].map((k) => `Ctrl+Shift+${k}`),
  ...Array.from({ length: 9 }, (_, n) => `Ctrl+${n + 1}`),
  ...["ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown", "F4"].map((k) => `Alt+${k}`),
  "F5",
  "F11",
  "F12",
  "Ctrl+Tab",
  "Ctrl+Shift+Tab",
  "Tab",
  "Shift+Tab",
];

/** What edits a text belongs to a text field; other chords reach the editor from there. */
export function isForText(chord: string): boolean {
  if (/^F\d+$/.test(chord)) return false;
  const parts = chord.split("+");
  const name = parts.pop() as string;
  if (!parts.includes("Ctrl")) return true;
  return /^(A|C|V|X|Y|Z|Backspace|Delete|Enter|Home|End|Space|Arrow\w+)$/.test(name);
}
