import type { NodeKind } from '@kernelci/model';
import {
  boolean,
  type Fields,
  integer,
  listOf,
  nested,
  nodeId,
  object,
  oneOf,
  required,
  text,
  url,
} from './data-fields.ts';

const fields = (entries: Record<string, ReturnType<typeof required>>): Fields =>
  new Map(Object.entries(entries));
const emptyList = { fallback: Object.freeze([]) };
const texts = listOf(text);

const kernelVersion = fields({
  version: required(integer),
  patchlevel: required(integer),
  sublevel: integer,
  extra: text,
  name: text,
});

const revision = nested(
  fields({
    tree: required(text),
    url: required(url),
    branch: required(text),
    commit: required(text),
    describe: text,
    version: nested(kernelVersion),
    patchset: text,
    commit_tags: listOf(text, emptyList),
    commit_message: text,
    tip_of_branch: boolean,
  }),
);

const checkoutError = oneOf(['node_timeout', 'git_checkout_failure']);
const jobError = oneOf([
  'invalid_job_params',
  'submit_error',
  'node_timeout',
  'Infrastructure',
  'Canceled',
  'Job',
  'Bug',
  'Test',
  'Configuration',
  'LAVATimeout',
  'MultinodeTimeout',
  'ObjectNotPersisted',
  'Unexisting permission codename.',
  'job_generation_error',
  'kbuild_internal_error',
]);

const checkout = fields({
  kernel_revision: revision,
  error_code: checkoutError,
  error_msg: text,
  architecture_filter: texts,
});

const kbuild = fields({
  kernel_revision: revision,
  arch: text,
  defconfig: text,
  compiler: text,
  error_code: jobError,
  error_msg: text,
  fragments: texts,
  config_full: text,
  platform: text,
  runtime: text,
  job_id: text,
  job_context: text,
  kernel_type: text,
  regression: nodeId,
});

const test = fields({
  error_code: jobError,
  error_msg: text,
  test_source: url,
  test_revision: revision,
  platform: text,
  device: text,
  runtime: text,
  job_id: text,
  job_context: text,
  regression: nodeId,
  kernel_revision: revision,
  arch: text,
  defconfig: text,
  config_full: text,
  compiler: text,
  kernel_type: text,
  misc: object,
});

const regression = fields({
  fail_node: nodeId,
  pass_node: nodeId,
  node_sequence: listOf(nodeId, emptyList),
  error_code: jobError,
  error_msg: text,
  failed_kernel_revision: revision,
  arch: text,
  defconfig: text,
  config_full: text,
  compiler: text,
  platform: text,
  device: text,
});

/** What is known of `data`, for each kind; a process is free to hold anything. */
export const DATA_MODELS: Record<NodeKind, Fields | undefined> = {
  checkout,
  kbuild,
  job: test,
  test,
  process: undefined,
  regression,
};
