import { defineConfig } from 'vitest/config';

// CI reads the plain closing line; the default reporter stays for people.
export default defineConfig({ test: { reporters: ['default', './test/support/closingLine.ts'] } });
