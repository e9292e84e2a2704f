// The page is opened with the token and the project in its address. The token is kept for this tab
// only and leaves the address, so that it gets into no bookmark and no history.

export interface Start {
  token: string | undefined;
  project: string | undefined;
}

const TOKEN = "cutroom.token";

export function arrive(): Start {
  const url = new URL(location.href);
  const given = url.searchParams.get("token");
  if (given !== null) {
    sessionStorage.setItem(TOKEN, given);
    url.searchParams.delete("token");
    history.replaceState(null, "", url);
  }
  return { token: sessionStorage.getItem(TOKEN) ?? undefined, project: url.searchParams.get("project") ?? undefined };
}

export function remember(project: string): void {
  const url = new URL(location.href);
  url.searchParams.set("project", project);
  history.replaceState(null, "", url);
}
