import { createStore } from "zustand/vanilla";

export type Theme = "dark" | "light";
export const themeChoices = ["system", "dark", "light"] as const;
export type ThemeChoice = (typeof themeChoices)[number];

const KEY = "cutroom.theme";

export const themeStore = createStore<{ theme: Theme; choice: ThemeChoice }>(() => ({ theme: "dark", choice: "dark" }));

const light = () => matchMedia("(prefers-color-scheme: light)");

export function startTheme(): void {
  const kept = localStorage.getItem(KEY);
  show(themeChoices.find((c) => c === kept) ?? "system");
  light().addEventListener("change", () => {
    const { choice } = themeStore.getState();
    if (choice === "system") show(choice);
  });
}

export function setTheme(choice: ThemeChoice): void {
  localStorage.setItem(KEY, choice);
  show(choice);
}

function show(choice: ThemeChoice): void {
  const theme = choice === "system" ? (light().matches ? "light" : "dark") : choice;
  document.documentElement.dataset.theme = theme;
  themeStore.setState({ theme, choice });
}
