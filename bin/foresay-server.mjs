#!/usr/bin/env node
// The language server for any editor: `foresay-server --stdio`.
import '../dist/server.mjs';
