import type { NodeKind, NodeResult, NodeState } from '@kernelci/model';
import type { NodeRecord } from '../../../packages/server/src/domain/nodes/node.ts';
import { buildOf, revisionOf, runOf } from './data.ts';
import type {
  BuildPlan,
  Burst,
  CheckoutPlan,
  JobPlan,
  ProcessPlan,
  RegressionsPlan,
  TestsPlan,
} from './plan.ts';
import { Random } from './random.ts';
import type { TestCase } from './world.ts';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const STORAGE = 'https://files.kernelci.org';
const PASSED_KEPT = 500;

interface Whole {
  id: string;
  kind: NodeKind;
  name: string;
  path: string[];
  at: number;
  doneAt: number;
  result: NodeResult | null;
  checkout: CheckoutPlan;
  data: Record<string, unknown>;
}

/** Makes the nodes of what was planned. Each is as it is at the data set's end: what has not ended still runs. */
export class NodeMaker {
  readonly #random: Random;
  readonly #machine: string;
  /** Added to the plan's times. */
  readonly #start: number;
  readonly #end: number;
  #made = 0;
  /** Nodes that passed, for regressions to refer to. */
  readonly #passed: string[] = [];

  /**
   * @param start of the data set, epoch milliseconds
   * @param end of the data set, epoch milliseconds
   */
  constructor(options: { seed: number; start: number; end: number }) {
    this.#random = new Random(options.seed, 2);
    this.#machine = this.#random.hex(10);
    this.#start = options.start;
    this.#end = options.end;
  }

  /** The nodes of the burst, parents of later ones among them. */
  make(burst: Burst): NodeRecord[] {
    switch (burst.kind) {
      case 'checkout':
        return [this.#checkout(burst)];
      case 'process':
        return [this.#process(burst)];
      case 'kbuild':
        return [this.#kbuild(burst)];
      case 'job':
        return [this.#job(burst)];
      case 'test':
        return this.#tests(burst);
      case 'regression':
        return this.#regressions(burst);
    }
  }

  #time(planned: number): number {
    return this.#start + Math.round(planned);
  }

  /** In the layout of the server's own ids. */
  #id(planned: number): string {
    this.#made += 1;
    const seconds = Math.floor(this.#time(planned) / SECOND).toString(16);
    const counter = (this.#made % 0x1000000).toString(16);
    return seconds.padStart(8, '0') + this.#machine + counter.padStart(6, '0');
  }

  #stateOf(created: number, doneAt: number, kind: NodeKind): NodeState {
    if (doneAt <= this.#end) return 'done';
    if (kind !== 'checkout') return 'running';
    if (created > this.#end - 5 * MINUTE) return 'running';
    return doneAt > this.#end + HOUR ? 'available' : 'closing';
  }

  #node(whole: Whole, more: Partial<NodeRecord>): NodeRecord {
    const { checkout, kind } = whole;
    // Some clients send a creation time of their own, a little before the server has the node.
    const early = this.#random.chance(0.05) ? this.#random.below(2 * SECOND) : 0;
    const created = this.#time(whole.at) - early;
    const doneAt = this.#time(whole.doneAt);
    const state = this.#stateOf(created, doneAt, kind);
    const updated = Math.min(doneAt, this.#end);
    return {
      id: whole.id,
      kind,
      name: whole.name,
      path: whole.path,
      group: null,
      parent: null,
      state,
      result: state === 'done' ? whole.result : null,
      artifacts: {},
      data: whole.data,
      debug: {},
      jobfilter: null,
      platform_filter: [],
      created,
      updated: Math.max(created, updated),
      timeout: created + 6 * HOUR,
      holdoff: null,
      owner: checkout.owner,
      submitter: checkout.submitter,
      treeid: checkout.treeid,
      user_groups: [],
      processed_by_kcidb_bridge: state === 'done' && updated < this.#end - HOUR && !this.#random.chance(0.02),
      retry_counter: 0,
      ...more,
    };
  }

  #checkout(plan: CheckoutPlan): NodeRecord {
    plan.id = this.#id(plan.at);
    const failed = plan.result !== 'pass';
    const data = {
      kernel_revision: revisionOf(plan),
      error_code: failed ? 'git_checkout_failure' : null,
      error_msg: failed ? 'fetching the tree failed' : null,
      architecture_filter: null,
    };
    const { tree, branch } = plan.branch;
    const source = `${STORAGE}/linux-${tree}-${branch.replace('/', '-')}-${plan.commit.slice(0, 12)}.tar.gz`;
    return this.#node(
      { ...plan, name: 'checkout', path: ['checkout'], checkout: plan, data },
      {
        artifacts: failed ? {} : { tarball: source },
        holdoff: this.#time(plan.at) + 10 * MINUTE,
      },
    );
  }

  #process(plan: ProcessPlan): NodeRecord {
    plan.id = this.#id(plan.at);
    const { checkout } = plan;
    const data = {
      kernel_revision: revisionOf(checkout),
      seconds: Math.round(plan.doneAt - plan.at) / SECOND,
    };
    return this.#node(
      { ...plan, name: 'tarball', path: ['checkout', 'tarball'], checkout, data },
      { parent: checkout.id, group: 'tarball' },
    );
  }

  #kbuild(plan: BuildPlan): NodeRecord {
    plan.id = this.#id(plan.at);
    const { build, checkout, runtime } = plan;
    const data = {
      kernel_revision: revisionOf(checkout),
      ...buildOf(build),
      error_code: plan.result === 'incomplete' ? 'kbuild_internal_error' : null,
      error_msg: plan.result === 'fail' ? 'make exited with 2' : null,
      fragments: build.fragments,
      platform: 'kubernetes',
      runtime,
      job_id: `kci-${plan.id}-${this.#random.hex(8)}`,
      job_context: 'gke_android-kernelci-external_europe-west4-c',
      kernel_type: 'image',
      regression: null,
    };
    const base = `${STORAGE}/${build.name}-${plan.id}`;
    const files = ['build.log', 'config', 'Image', 'modules.tar.xz', 'metadata.json', 'dtbs.json'];
    const artifacts = Object.fromEntries(files.map((file) => [file.replace(/\W/, '_'), `${base}/${file}`]));
    return this.#node(
      { ...plan, name: build.name, path: ['checkout', build.name], checkout, data },
      { parent: checkout.id, group: build.name, artifacts },
    );
  }

  #job(plan: JobPlan): NodeRecord {
    plan.id = this.#id(plan.at);
    const { build, job } = plan;
    const lost = plan.result === 'incomplete';
    const data = {
      ...runOf(plan),
      error_code: lost ? this.#random.pick(['Infrastructure', 'node_timeout', 'LAVATimeout', 'Job']) : null,
      error_msg: lost ? 'bootloader-commands timed out after 181 seconds' : null,
      test_source: null,
      misc: {},
    };
    const base = `${STORAGE}/${job.name}-${plan.id}`;
    const ended = this.#time(plan.doneAt) <= this.#end;
    const log = { lava_log: `${base}/log.txt.gz`, callback_data: `${base}/lava_callback.json.gz` };
    return this.#node(
      {
        ...plan,
        name: job.name,
        path: ['checkout', build.build.name, job.name],
        checkout: build.checkout,
        data,
      },
      {
        parent: build.id,
        group: job.name,
        artifacts: { job_definition: `${base}/job_definition.yaml`, ...(ended ? log : {}) },
        retry_counter: plan.retries,
      },
    );
  }

  #tests({ job, results, at }: TestsPlan): NodeRecord[] {
    const run = runOf(job);
    const parentPath = ['checkout', job.build.build.name, job.job.name];
    let when = at;
    return results.map(({ test, result }) => {
      when += this.#random.between(0, 2);
      const id = this.#id(when);
      if (result === 'pass') this.#remember(id);
      const data = {
        error_code: null,
        error_msg: result === 'fail' ? 'exit code 1' : null,
        test_source: 'https://github.com/kernelci/test-definitions',
        ...run,
        misc: this.#misc(test),
      };
      const times = { at: when, doneAt: when };
      const path = [...parentPath, test.name];
      const { checkout } = job.build;
      return this.#node(
        { id, kind: 'test', name: test.name, path, ...times, result, checkout, data },
        { parent: job.id, group: job.job.name },
      );
    });
  }

  #remember(id: string): void {
    if (this.#passed.length < PASSED_KEPT) this.#passed.push(id);
    else this.#passed[this.#made % PASSED_KEPT] = id;
  }

  #misc(test: TestCase): Record<string, unknown> {
    if (!test.name.startsWith('mm')) return {};
    return { measurement: Math.round(this.#random.between(1, 9000)) / 10, unit: 'ms' };
  }

  #regressions({ job, failed, at }: RegressionsPlan): NodeRecord[] {
    const { arch, defconfig, compiler, config_full, platform, device, kernel_revision } = runOf(job);
    const { build } = job;
    return failed.map(({ test }) => {
      const pass = this.#random.pick(this.#passed);
      const data = {
        fail_node: job.id,
        pass_node: pass,
        node_sequence: [],
        error_code: null,
        error_msg: null,
        failed_kernel_revision: kernel_revision,
        ...{ arch, defconfig, config_full, compiler, platform, device },
      };
      const path = ['checkout', build.build.name, job.job.name, test.name];
      const times = { at, doneAt: at };
      const identity = { id: this.#id(at), kind: 'regression', name: test.name, path } as const;
      return this.#node(
        { ...identity, ...times, result: 'fail', checkout: build.checkout, data },
        { group: job.job.name },
      );
    });
  }
}
