import type { NodeKind, NodeResult, NodeState } from '@kernelci/model';

/** Epoch milliseconds. */
type Millis = number;

/** A node as rules see it: the document's 23 fields in their order, times as numbers. */
export interface NodeRecord {
  id: string;
  kind: NodeKind;
  name: string;
  path: string[];
  group: string | null;
  parent: string | null;
  state: NodeState;
  result: NodeResult | null;
  artifacts: Record<string, string> | null;
  data: Record<string, unknown>;
  debug: Record<string, unknown> | null;
  jobfilter: string[] | null;
  platform_filter: string[] | null;
  created: Millis;
  updated: Millis;
  timeout: Millis | null;
  holdoff: Millis | null;
  owner: string | null;
  submitter: string | null;
  treeid: string | null;
  user_groups: string[];
  processed_by_kcidb_bridge: boolean;
  retry_counter: number;
}
