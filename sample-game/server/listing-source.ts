// Joins the two ways to the listing of assets, the answer to a question and the event stream, so that an old answer never
// takes the place of newer news. It neither fetches nor shows anything itself.

import type { ListedAsset } from "./listing.ts";

export interface ListingSourceHandlers {
  onListing(assets: ListedAsset[]): void;
  /** Why there is no listing at all; null once there is one. */
  onProblem(message: string | null): void;
}

export interface ListingSource {
  /** Takes what the event stream said. */
  tell(assets: ListedAsset[]): void;
  /** Asks, unless there is a listing already; the answer counts only where none came meanwhile. Never rejects. */
  ask(): Promise<void>;
}

/** @param fetchListing asks the server once; rejects where it gives no listing */
export function createListingSource(
  fetchListing: () => Promise<ListedAsset[]>,
  { onListing, onProblem }: ListingSourceHandlers,
): ListingSource {
  let told = false;
  let asking: Promise<void> | null = null;
  const tell = (assets: ListedAsset[]) => {
    told = true;
    onProblem(null);
    onListing(assets);
  };
  async function askOnce(): Promise<void> {
    try {
      const assets = await fetchListing();
      if (!told) tell(assets);
    } catch (error) {
      if (!told) onProblem(`The assets cannot be listed: ${error instanceof Error ? error.message : error}`);
    }
    asking = null;
  }
  return {
    tell,
    async ask() {
      if (told) return;
      asking ??= askOnce();
      await asking;
    },
  };
}
