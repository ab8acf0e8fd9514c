import type { Component } from "svelte";
import type { Room } from "./router.svelte.ts";

/** Each room is a chunk of its own, loaded when it is entered. */
const loaders: Readonly<Record<Room, () => Promise<{ readonly default: Component }>>> = {
  lecture: () => import("../lecture/lecture.svelte"),
  workbench: () => import("../workbench/workbench.svelte"),
  runs: () => import("../runs-room/runs-room.svelte"),
};

export async function loadRoom(room: Room): Promise<Component> {
  return (await loaders[room]()).default;
}
