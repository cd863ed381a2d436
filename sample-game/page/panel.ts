// The list of assets and their clips at the left. Draws what it is given and reports clicks; of the former drawing it keeps
// only enough to leave the page alone where nothing changed, and the keyboard's focus where it was.

import { element } from "./element.ts";

export interface PanelClip {
  name: string;
  prompt: string;
  /** False while there is no motion of it. */
  ready: boolean;
  playing: boolean;
}

export interface PanelAsset {
  asset: string;
  name: string;
  state: "still" | "alive" | "working" | "failed";
  /** Why the model or its motion cannot be shown. */
  problem: string | null;
  focused: boolean;
  clips: PanelClip[];
}

export interface PanelHandlers {
  onAsset(asset: string): void;
  onClip(asset: string, clip: string): void;
}

const STATES: Record<PanelAsset["state"], string> = {
  still: "no motion yet",
  alive: "alive",
  working: "its motion is being made",
  failed: "failed",
};

/** Returns the function that draws; the page changes only where the assets differ from those drawn last. */
export function createPanel(list: HTMLElement, handlers: PanelHandlers): (assets: readonly PanelAsset[]) => void {
  let drawn: string | null = null;
  return (assets) => {
    const content = JSON.stringify(assets);
    if (content === drawn) return;
    drawn = content;
    const focus = focusedPlace(list);
    if (assets.length === 0) {
      list.replaceChildren(element("p", { className: "empty", text: "The folder holds no models yet." }));
      return;
    }
    list.replaceChildren(...assets.map((asset) => row(asset, handlers)));
    if (focus) buttonAt(list, focus)?.focus();
  };
}

/** Names the button that has the focus: of a clip, or null for the title. */
interface Place {
  asset: string;
  clip: string | null;
}

function focusedPlace(list: HTMLElement): Place | null {
  const active = document.activeElement;
  if (!(active instanceof HTMLButtonElement) || !list.contains(active)) return null;
  const asset = active.closest<HTMLElement>("[data-asset]")?.dataset["asset"];
  return asset === undefined ? null : { asset, clip: active.dataset["clip"] ?? null };
}

function buttonAt(list: HTMLElement, { asset, clip }: Place): HTMLButtonElement | undefined {
  const buttons = [...list.querySelectorAll("button")];
  return buttons.find(
    (button) =>
      button.closest<HTMLElement>("[data-asset]")?.dataset["asset"] === asset &&
      (button.dataset["clip"] ?? null) === clip,
  );
}

function row(asset: PanelAsset, handlers: PanelHandlers): HTMLElement {
  const dot = element("span", { className: `dot ${asset.state}` });
  // Its click reaches the row.
  const title = element("button", { className: "name" }, dot, element("b", { text: asset.name }));
  title.type = "button";
  title.title = `${asset.name}: ${STATES[asset.state]}`;
  title.ariaPressed = String(asset.focused);
  const clips = asset.clips.map((clip) => {
    const button = element("button", {
      className: clip.playing ? "playing" : "",
      text: clip.name,
      onClick(event) {
        event.stopPropagation();
        handlers.onClip(asset.asset, clip.name);
      },
    });
    button.type = "button";
    button.title = clip.prompt;
    button.disabled = !clip.ready;
    button.ariaPressed = String(clip.playing);
    button.dataset["clip"] = clip.name;
    return button;
  });
  const whole = element(
    "div",
    { className: asset.focused ? "asset focused" : "asset", onClick: () => handlers.onAsset(asset.asset) },
    title,
    asset.problem === null ? null : element("div", { className: "problem", text: asset.problem }),
    clips.length > 0 ? element("div", { className: "clips" }, ...clips) : null,
  );
  whole.dataset["asset"] = asset.asset;
  whole.dataset["state"] = asset.state;
  return whole;
}
