import { createRoot } from "react-dom/client";
import { startLocale } from "../l10n/locale";
import { startPreferences } from "../ui/preferences";
import { startTheme } from "../ui/theme";
import "dockview-react/dist/styles/dockview.css";
import "../styles/theme.css";
import "../styles/parts.css";
import "../styles/panels.css";
import "../styles/timeline.css";
import "../styles/line.css";
import { App } from "./App";
import { arrive } from "./address";

startTheme();
startPreferences();
startLocale();
createRoot(document.getElementById("root") as HTMLElement).render(<App start={arrive()} />);
