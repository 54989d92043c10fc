import { ValidationFailure } from '../error-handler.ts';
import type { App } from '../server-types.ts';
import { unstorable } from '../validation/text.ts';

/** Refuses text in addresses that no database could be asked for. Bodies are checked where they are parsed. */
export function registerTextCheck(app: App): void {
  app.addHook('preValidation', async (request) => {
    const problem = unstorable(request.query, 'query') ?? unstorable(request.params, 'path');
    if (problem) throw new ValidationFailure([problem]);
  });
}
