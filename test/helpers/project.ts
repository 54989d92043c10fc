import path from 'node:path';

export const PROJECT_ROOT = path.resolve(import.meta.dirname, '../..');
export const KCI_BIN = path.join(PROJECT_ROOT, 'packages/kci/bin/kci.mjs');
export const API_BIN = path.join(PROJECT_ROOT, 'packages/server/bin/kernelci-api.mjs');
