// The list of assets and their clips at the left. Draws what it is given and reports clicks; it holds no state of its own.

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

export function drawPanel(list: HTMLElement, assets: readonly PanelAsset[], handlers: PanelHandlers): void {
  if (assets.length === 0) {
    list.replaceChildren(element("p", { className: "empty", text: "The folder holds no models yet." }));
    return;
  }
  list.replaceChildren(...assets.map((asset) => row(asset, handlers)));
}

function row(asset: PanelAsset, handlers: PanelHandlers): HTMLElement {
  const dot = element("span", { className: `dot ${asset.state}` });
  const title = element("div", { className: "name" }, dot, element("b", { text: asset.name }));
  const clips = asset.clips.map((clip) => {
    const button = element("button", {
      className: clip.playing ? "playing" : "",
      text: clip.name,
      onClick(event) {
        event.stopPropagation();
        handlers.onClip(asset.asset, clip.name);
      },
    });
    button.title = clip.prompt;
    button.disabled = !clip.ready;
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
