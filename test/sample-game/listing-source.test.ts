// The order in which listings count, whichever way and however late they come.

import assert from "node:assert/strict";
import { test } from "node:test";
import type { ListedAsset } from "../../sample-game/server/listing.ts";
import { createListingSource } from "../../sample-game/server/listing-source.ts";

const listing = (asset: string): ListedAsset[] => [
  { asset, name: asset, model: `/${asset}`, modelVersion: "1", motion: null, motionVersion: null, clips: [] },
];

function start() {
  const shown: string[] = [];
  const answers: { resolve(assets: ListedAsset[]): void; reject(error: Error): void }[] = [];
  let problem: string | null = null;
  const source = createListingSource(() => new Promise((resolve, reject) => answers.push({ resolve, reject })), {
    onListing: ([first]) => shown.push(first!.asset),
    onProblem(message) {
      problem = message;
    },
  });
  return { source, shown, answers, problem: () => problem };
}

test("an answer that was on its way does not overwrite what the stream said since", async () => {
  const { source, shown, answers } = start();
  const asked = source.ask();
  source.tell(listing("new"));
  answers[0]!.resolve(listing("old"));
  await asked;
  assert.deepEqual(shown, ["new"]);
  source.tell(listing("newer"));
  assert.deepEqual(shown, ["new", "newer"]);
});

test("a question that fails leaves its reason until a listing comes, from the stream or from asking again", async () => {
  for (const way of ["stream", "question"]) {
    const { source, shown, answers, problem } = start();
    const asked = source.ask();
    answers[0]!.reject(new Error("The server answered 500 to /api/assets."));
    await asked;
    assert.match(problem() ?? "", /cannot be listed: The server answered 500/);
    const again = way === "question" ? source.ask() : undefined;
    if (again) answers[1]!.resolve(listing("fox"));
    else source.tell(listing("fox"));
    await again;
    assert.equal(problem(), null);
    assert.deepEqual(shown, ["fox"]);
  }
});

test("a failure that comes after the stream's listing is no problem, and nothing is asked twice at once", async () => {
  const { source, answers, problem } = start();
  const asked = Promise.all([source.ask(), source.ask()]);
  assert.equal(answers.length, 1);
  source.tell(listing("fox"));
  answers[0]!.reject(new Error("late"));
  await asked;
  assert.equal(problem(), null);
  await source.ask();
  assert.equal(answers.length, 1, "with a listing there is nothing to ask");
});
