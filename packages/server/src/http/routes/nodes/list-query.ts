import type { NodeListQuery } from '@kernelci/model';
import type { FastifyRequest } from 'fastify';
import { ValidationFailure } from '../../error-handler.ts';

/** All the parameters that are no conditions, whatever the route does with them. */
const RESERVED = ['limit', 'offset', 'sort', 'after', 'fields', 'total'] as const;
/** Today's clients may repeat the older two, of which the last counts. */
const ONCE = ['sort', 'after', 'fields', 'total'] as const;

export const CONDITIONS =
  'Every other parameter is a condition on a field, however deep: `state=done`, `data.platform=rk3399`, with the ' +
  'operators `__ne __in __nin __lt __lte __gt __gte __re`; `null` is for what is not there. All must hold.';

/** The parameters that are conditions. */
export function conditionsOf(query: Readonly<Record<string, unknown>>): Record<string, string> {
  const conditions = Object.entries(query).filter(([key]) => !(RESERVED as readonly string[]).includes(key));
  return Object.fromEntries(conditions) as Record<string, string>;
}

/** Throws `ValidationFailure` for a parameter that is given twice and of which only one can be meant. */
export function refuseRepeated(request: FastifyRequest): void {
  const [, query = ''] = request.originalUrl.split('?', 2);
  const parameters = new URLSearchParams(query);
  const repeated = ONCE.filter((name) => parameters.getAll(name).length > 1);
  if (repeated.length === 0) return;
  const problem = (name: string) => ({
    type: 'value_error',
    loc: ['query', name],
    msg: 'Given more than once',
    input: null,
  });
  throw new ValidationFailure(repeated.map(problem));
}

/** What a list is asked for, apart from how long it is. */
export function listRequest(query: Readonly<Record<string, unknown>> & Omit<NodeListQuery, 'limit'>) {
  const { offset, sort, after, fields, total } = query;
  return { conditions: conditionsOf(query), offset, sort, after, fields, total };
}
