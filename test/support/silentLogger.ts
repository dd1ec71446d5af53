/** A logger that drops everything. */
import type { Logger } from '../../server/src/base/log.ts';

export const silentLogger: Logger = { info() {}, warn() {}, error() {} };
