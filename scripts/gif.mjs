/** Pictures of one size, one after the other, as an animated GIF; what stays the same between two is written once. */
import gifenc from 'gifenc';
import { PNG } from 'pngjs';

const { GIFEncoder, quantize, applyPalette } = gifenc;

/** Colors of the film, beside the one that means "as before". */
const colors = 127;

/** `frames`: `{ png, ms }`, a picture and for how long it is seen. Gives the file's bytes. */
export function gifOf(frames) {
  const pictures = frames.map(({ png, ms }) => ({ ...PNG.sync.read(png), ms }));
  const [{ width, height }] = pictures;
  const palette = quantize(sample(pictures), colors);
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

/** Pixels of all pictures, every so many, for a palette that fits all of them. */
function sample(pictures) {
  const step = 4 * 7;
  const pixels = [];
  for (const { data } of pictures) {
    for (let at = 0; at + 4 <= data.length; at += step) pixels.push(data[at], data[at + 1], data[at + 2], data[at + 3]);
  }
  return Uint8Array.from(pixels);
}
