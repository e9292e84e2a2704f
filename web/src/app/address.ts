// The page is opened with the token and the project in its address, or with a ticket that the token is
// given out for once. The token is kept for this tab only and leaves the address, so that it gets into
// no bookmark and no history.

export interface Start {
  token: string | undefined;
  project: string | undefined;
}

const TOKEN = "cutroom.token";

export async function arrive(): Promise<Start> {
  const url = new URL(location.href);
  const ticket = url.searchParams.get("ticket");
  const given = ticket === null ? url.searchParams.get("token") : await exchanged(ticket);
  if (given !== null) sessionStorage.setItem(TOKEN, given);
  url.searchParams.delete("token");
  url.searchParams.delete("ticket");
  if (url.href !== location.href) history.replaceState(null, "", url);
  return { token: sessionStorage.getItem(TOKEN) ?? undefined, project: url.searchParams.get("project") ?? undefined };
}

/** A ticket that was used already is of no use: the tab has the token, or the address has to be opened anew. */
async function exchanged(ticket: string): Promise<string | null> {
  try {
    const answer = await fetch(`/api/v1/token?ticket=${encodeURIComponent(ticket)}`);
    return answer.ok ? ((await answer.json()) as { token: string | null }).token : null;
  } catch {
    return null;
  }
}

export function remember(project: string): void {
  const url = new URL(location.href);
  url.searchParams.set("project", project);
  history.replaceState(null, "", url);
}
