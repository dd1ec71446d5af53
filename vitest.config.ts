import { defineConfig } from 'vitest/config';

// CI reads the plain closing line; the default reporter stays for people.
// A test's time says that it hangs, not how fast a busy machine is.
export default defineConfig({ test: { testTimeout: 30_000, reporters: ['default', './test/support/closingLine.ts'] } });
