// A face of 3x5 pixels for the labels of contact sheets: capitals, digits and a few signs. Not a text layout engine.

export const GLYPH_WIDTH = 3;
export const GLYPH_HEIGHT = 5;

/** Rows from the top, one octal digit each (4 = left, 2 = middle, 1 = right). */
const GLYPHS: Readonly<Record<string, string>> = {
  A: "25755",
  B: "65656",
  C: "34443",
  D: "65556",
  E: "74647",
  F: "74644",
  G: "34553",
  H: "55755",
  I: "72227",
  J: "11152",
  K: "55655",
  L: "44447",
  M: "57755",
  N: "65555",
  O: "75557",
  P: "75744",
  Q: "25563",
  R: "65655",
  S: "34216",
  T: "72222",
  U: "55557",
  V: "55552",
  W: "55775",
  X: "55255",
  Y: "55222",
  Z: "71247",
  0: "25552",
  1: "26227",
  2: "61247",
  3: "61216",
  4: "55711",
  5: "74616",
  6: "34652",
  7: "71122",
  8: "25252",
  9: "25316",
  ".": "00002",
  ",": "00024",
  "-": "00700",
  "+": "02720",
  ":": "02020",
  "/": "11244",
  "%": "51245",
  "=": "07070",
};

/** Draws `text` in grey `ink` from the pixel (left, top) on, within `room` pixels; unknown signs are left blank. */
export function drawText(
  { data, width }: { data: Uint8ClampedArray; width: number },
  text: string,
  left: number,
  top: number,
  room: number,
  ink: number,
): void {
  const advance = GLYPH_WIDTH + 1;
  [...text.toUpperCase()].slice(0, Math.floor((room + 1) / advance)).forEach((sign, place) => {
    const rows = Object.hasOwn(GLYPHS, sign) ? GLYPHS[sign] : "";
    [...rows].forEach((row, y) => {
      for (let x = 0; x < GLYPH_WIDTH; x++) {
        if (!(Number(row) & (4 >> x))) continue;
        data.fill(
          ink,
          ((top + y) * width + left + place * advance + x) * 4,
          ((top + y) * width + left + place * advance + x) * 4 + 3,
        );
      }
    });
  });
}
