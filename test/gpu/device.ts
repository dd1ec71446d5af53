/** The device of these tests, and the bundles they run on it. */
import { fileURLToPath } from 'node:url';

const inRoot = (path: string) => fileURLToPath(new URL(`../../${path}`, import.meta.url));

/** `npm test` sets it to SwiftShader, a GPU in software that Chromium brings along; where it is not set, nothing runs. */
export const hasDevice = process.env.VK_ICD_FILENAMES !== undefined;
/** What the tests are called where they are skipped. */
export const orSkipped = '(skipped without a GPU: VK_ICD_FILENAMES names no Vulkan driver)';
export const shipped = inRoot('models/bundle');
/** Of few and random weights, exported by the scripts as they are now: `python -m models.tests.tiny_bundle`. */
export const tiny = inRoot('out/tiny-bundle');
/** Shaders are compiled while they run, in software. */
export const limit = 240_000;
