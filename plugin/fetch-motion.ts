// Fetches the bytes of a motion file past every cache, because a reload must see what was just written.

/** @throws Error that names the URL and what went wrong. */
export async function fetchMotion(url: string): Promise<Uint8Array> {
  let response: Response;
  try {
    response = await fetch(url, { cache: "no-store" });
  } catch (cause) {
    throw new Error(`"${url}" could not be fetched.`, { cause });
  }
  if (!response.ok) throw new Error(`"${url}" could not be fetched: ${response.status} ${response.statusText}.`);
  return new Uint8Array(await response.arrayBuffer());
}
