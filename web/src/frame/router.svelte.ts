/**
 * Where the reader is. The whole address is in the query, so any static host serves every room from
 * one file: `?room=workbench&…`, `?chapter=ridge`; no query is the lecture's first page.
 */
export const rooms = ["lecture", "workbench", "runs"] as const;
export type Room = (typeof rooms)[number];

const place = $state({ query: location.search });

addEventListener("popstate", () => {
  place.query = location.search;
});

/** The query as it is now; reading it in a component makes the component follow it. */
export function query(): URLSearchParams {
  return new URLSearchParams(place.query);
}

export function room(): Room {
  const asked = query().get("room");
  return rooms.find((name) => name === asked) ?? "lecture";
}

/** The address of a room, as a link needs it. */
export function addressOf(name: Room, rest: Readonly<Record<string, string>> = {}): string {
  const parameters = new URLSearchParams(rest);
  const all = new URLSearchParams(name === "lecture" ? {} : { room: name });
  for (const [key, value] of parameters) all.set(key, value);
  const text = all.toString();
  return text === "" ? "./" : `?${text}`;
}

/** Goes to an address of this page without loading it anew. */
export function goTo(address: string, how: "push" | "replace" = "push"): void {
  const url = new URL(address, location.href);
  const target = url.pathname + url.search;
  if (how === "push") history.pushState(null, "", target);
  else history.replaceState(null, "", target);
  const moved = place.query !== url.search;
  place.query = url.search;
  if (how === "push" && moved) scrollTo(0, 0);
}

/** Lets plain links inside `node` change the room without a load. */
export function followLinks(node: HTMLElement): () => void {
  const follow = (event: MouseEvent): void => {
    const link = (event.target as Element).closest("a");
    const plain = event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey;
    if (link === null || !plain || link.target !== "" || link.hasAttribute("download")) return;
    const url = new URL(link.href);
    const samePage = url.origin === location.origin && url.pathname === location.pathname;
    if (!samePage || url.hash !== "") return;
    event.preventDefault();
    goTo(link.href);
  };
  node.addEventListener("click", follow);
  return () => node.removeEventListener("click", follow);
}
