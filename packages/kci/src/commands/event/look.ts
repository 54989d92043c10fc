import { NODE_RESULTS, NODE_STATES, type Node } from '@kernelci/model';
import { jsonSource } from '../../output/json-source.ts';
import { paint } from '../../output/paint.ts';
import type { Column } from '../../output/table.ts';
import { fitted, padded } from '../../output/text-width.ts';
import { NOTHING, oneLine, paintResult, paintState, shortTime } from '../node/look.ts';

/** What commands show of an entry of the log. */
export interface ShownEvent {
  timestamp: string;
  sequence_id: number;
  channel: string;
  data: unknown;
}

export const EVENT_COLUMNS: readonly Column<ShownEvent>[] = [
  { title: 'SEQUENCE', text: (event) => String(event.sequence_id), whole: true },
  { title: 'TIME', text: (event) => shortTime(event.timestamp), whole: true },
  { title: 'CHANNEL', text: (event) => oneLine(event.channel), optional: true },
  { title: 'OP', text: at('op'), whole: true },
  { title: 'KIND', text: at('kind'), whole: true },
  { title: 'NAME', text: (event) => (tellsOfNode(event) ? at('name')(event) : dataText(event)) },
  { title: 'STATE', text: at('state'), whole: true, paint: (text, event) => paintState(text, nodeIn(event)) },
  {
    title: 'RESULT',
    text: at('result'),
    whole: true,
    paint: (text, event) => paintResult(text, nodeIn(event)),
  },
  { title: 'NODE', text: at('id'), whole: true },
];

const [OP_WIDTH, KIND_WIDTH, NAME_WIDTH, STATE_WIDTH, RESULT_WIDTH] = [7, 8, 32, 9, 10];

/**
 * An event on one line: time, what happened, kind, name, state, result and id of the node; of other events the data.
 * @param room columns of the terminal, to which data is shortened
 */
export function eventLine(event: ShownEvent, room: number | undefined): string {
  const time = `${shortTime(oneLine(event.timestamp))} UTC`;
  if (!tellsOfNode(event)) {
    const line = `${time}  ${padded(oneLine(event.channel), OP_WIDTH)}  ${dataText(event)}`;
    return room === undefined ? line : fitted(line, room);
  }
  const node = nodeIn(event);
  const op = at('op')(event);
  return [
    time,
    padded(op === NOTHING ? oneLine(event.channel) : op, OP_WIDTH),
    padded(at('kind')(event), KIND_WIDTH),
    paint('bold', padded(at('name')(event), NAME_WIDTH)),
    paintState(padded(at('state')(event), STATE_WIDTH), node),
    paintResult(padded(at('result')(event), RESULT_WIDTH), node),
    paint('gray', at('id')(event)),
  ].join('  ');
}

function fieldsOf({ data }: ShownEvent): Record<string, unknown> {
  return typeof data === 'object' && data !== null ? (data as Record<string, unknown>) : {};
}

/** Anything may be published; what tells of a node says of which kind it is. */
function tellsOfNode(event: ShownEvent): boolean {
  return typeof fieldsOf(event).kind === 'string';
}

function at(field: string): (event: ShownEvent) => string {
  return (event) => {
    const value = Object.hasOwn(fieldsOf(event), field) ? fieldsOf(event)[field] : undefined;
    if (value === undefined || value === null) return NOTHING;
    return oneLine(typeof value === 'string' ? value : jsonSource(value));
  };
}

function dataText({ data }: ShownEvent): string {
  return oneLine(typeof data === 'string' ? data : jsonSource(data)).trim();
}

/** State and result as far as nodes can have them. */
function nodeIn(event: ShownEvent): Partial<Node> {
  const { state, result } = fieldsOf(event);
  return {
    ...(isOneOf(NODE_STATES, state) && { state }),
    ...(isOneOf(NODE_RESULTS, result) && { result }),
  };
}

function isOneOf<T extends string>(known: readonly T[], value: unknown): value is T {
  return known.some((one) => one === value);
}
