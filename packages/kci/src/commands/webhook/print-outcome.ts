import type { WebhookOutcome } from '@kernelci/model';
import type { Factory } from '../../factory.ts';

/** Prints what became of a request; the command fails when that failed. */
export async function printOutcome(factory: Factory, outcome: WebhookOutcome): Promise<void> {
  await factory.json(outcome);
  if (outcome.outcome !== 'delivered') factory.exitCode = 1;
}
