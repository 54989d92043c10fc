import type { CheckoutPlan, JobPlan } from './plan.ts';
import type { Build } from './world.ts';

const SECOND = 1000;

type Revision = Record<string, unknown>;

const revisions = new WeakMap<CheckoutPlan, Revision>();

/** `kernel_revision` of all nodes of a checkout. */
export function revisionOf(checkout: CheckoutPlan): Revision {
  const known = revisions.get(checkout);
  if (known) return known;
  const { tree, branch, url } = checkout.branch;
  const { commit, number } = checkout;
  const sublevel = branch.startsWith('linux-') ? 1 + (number % 200) : null;
  const version = { version: 6, patchlevel: 12 + (number % 7), sublevel, extra: '-rc4', name: null };
  const describe = `v6.${version.patchlevel}-rc4-${number % 1000}-g${commit.slice(0, 12)}`;
  const commit_message = `Merge branch 'fixes-${number % 90}' of ${url.replace('https:', 'git:')} into ${branch}`;
  const more = { describe, version, patchset: null, commit_tags: [], commit_message, tip_of_branch: true };
  const revision = { tree, url, branch, commit, ...more };
  revisions.set(checkout, revision);
  return revision;
}

/** What a build's node and all below it say of it. */
export function buildOf({ arch, defconfig, compiler, fragments }: Build) {
  return { arch, defconfig, compiler, config_full: [defconfig, ...fragments].join('+') };
}

/** What a job's node and those of its results have in common. */
export function runOf(job: JobPlan) {
  const { platform, build } = job;
  return {
    ...buildOf(build.build),
    kernel_revision: revisionOf(build.checkout),
    platform: platform.name,
    device: `${platform.name}-cbg-${(job.at % 8) | 0}`,
    runtime: platform.runtime,
    job_id: String(10_000_000 + (Math.round(job.at / SECOND) % 9_000_000)),
    job_context: null,
    kernel_type: 'image',
    regression: null,
    test_revision: null,
  };
}
