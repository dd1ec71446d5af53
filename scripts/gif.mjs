/** Pictures of one size, one after the other, as an animated GIF; what stays the same between two is written once. */
import gifenc from 'gifenc';
import { PNG } from 'pngjs';

const { GIFEncoder, applyPalette } = gifenc;

/** Colors of the film, beside the one that means "as before". */
const colors = 127;

/** `frames`: `{ png, ms }`, a picture and for how long it is seen. Gives the file's bytes. */
export function gifOf(frames) {
  const pictures = frames.map(({ png, ms }) => ({ ...PNG.sync.read(png), ms }));
  const [{ width, height }] = pictures;
  const palette = commonColors(pictures);
  const asBefore = palette.length;
  const gif = GIFEncoder();
  let last;
  for (const { data, ms } of pictures) {
    const index = applyPalette(data, palette);
    const changed = last ? index.map((color, at) => (color === last[at] ? asBefore : color)) : index;
    gif.writeFrame(changed, width, height, {
      ...(last ? {} : { palette: [...palette, [0, 0, 0]], repeat: 0 }),
      delay: ms,
      transparent: last !== undefined,
      transparentIndex: asBefore,
      dispose: 1,
    });
    last = index;
  }
  gif.finish();
  return gif.bytes();
}

/** The colors that are seen most, exactly as they are: of an editor's window they are nearly all. */
function commonColors(pictures) {
  const counts = new Map();
  const every = 4 * 7;
  for (const { data } of pictures) {
    for (let at = 0; at + 4 <= data.length; at += every) {
      const color = (data[at] << 16) | (data[at + 1] << 8) | data[at + 2];
      counts.set(color, (counts.get(color) ?? 0) + 1);
    }
  }
  const common = [...counts].sort(([, a], [, b]) => b - a).slice(0, colors);
  return common.map(([color]) => [color >> 16, (color >> 8) & 255, color & 255]);
}
