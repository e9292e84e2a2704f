// Names of the panels, for those who need no commands.
export const panelIds = [
  "viewer",
  "timeline",
  "media",
  "inspector",
  "browser",
  "history",
  "jobs",
  "problems",
  "source",
  "mixer",
  "scopes",
  "keyframes",
  "markers",
] as const;
export const workspaceIds = ["edit", "colour", "sound"] as const;
export type WorkspaceId = (typeof workspaceIds)[number];
