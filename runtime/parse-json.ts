// Parses the JSON chunk of a file nobody vouches for: its values are counted before they are made, because a few bytes of text
// ("{},") can stand for many of memory. Checks no meaning; json-reader.ts does.

import { FormatError } from "./field.ts";

/** Values that any file may hold, and the bytes of a file that allow one more. Files that Animus writes need a tenth. */
const FREE_VALUES = 65536;
const BYTES_PER_VALUE = 32;

/**
 * @param text UTF-8
 * @param fileBytes size of the whole file, which bounds what its JSON may cost
 * @throws FormatError where the text is no JSON or holds too many values.
 */
export function parseJson(text: Uint8Array, fileBytes: number): unknown {
  const most = FREE_VALUES + Math.floor(fileBytes / BYTES_PER_VALUE);
  const count = countValues(text);
  if (count > most) {
    throw new FormatError(
      `The JSON chunk at byte 20 holds about ${count} values; a file of this size may hold ${most}.`,
    );
  }
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(text));
  } catch (error) {
    throw new FormatError(`The JSON chunk at byte 20 cannot be parsed: ${(error as Error).message}`);
  }
}

/** Objects, arrays, members and elements, told by the punctuation outside of strings. */
function countValues(text: Uint8Array): number {
  const [quote, backslash, comma, colon, bracket, brace] = [34, 92, 44, 58, 91, 123];
  let count = 0;
  let inString = false;
  for (let i = 0; i < text.length; i++) {
    const byte = text[i];
    if (inString) {
      if (byte === backslash) i++;
      else if (byte === quote) inString = false;
    } else if (byte === quote) inString = true;
    else if (byte === comma || byte === colon || byte === bracket || byte === brace) count++;
  }
  return count;
}
