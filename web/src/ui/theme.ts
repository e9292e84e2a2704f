import { createStore } from "zustand/vanilla";

export type Theme = "dark" | "light";

const KEY = "cutroom.theme";

export const themeStore = createStore<{ theme: Theme }>(() => ({ theme: "dark" }));

export function startTheme(): void {
  const kept = localStorage.getItem(KEY);
  setTheme(
    kept === "light" || kept === "dark" ? kept : matchMedia("(prefers-color-scheme: light)").matches ? "light" : "dark",
  );
}

export function setTheme(theme: Theme): void {
  document.documentElement.dataset.theme = theme;
  localStorage.setItem(KEY, theme);
  themeStore.setState({ theme });
}
