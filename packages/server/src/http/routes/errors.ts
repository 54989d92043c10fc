import { ErrorBody, ValidationErrorBody } from '@kernelci/model';

const texts: Record<number, string> = {
  400: 'The request cannot be done as asked',
  401: 'No valid token of an active account',
  403: 'The account or the token may not do this',
  404: 'There is no such thing',
  409: 'In the way of something else',
  412: 'The node changed since it was read',
  429: 'Too many attempts; Retry-After says when to try again',
};

/** The error answers of a route, for its schema. Every route may also answer 422. */
export function errors(...statuses: Array<keyof typeof texts>) {
  const bodies = statuses.map((status) => [status, { ...ErrorBody, description: texts[status] ?? '' }]);
  return {
    ...(Object.fromEntries(bodies) as Record<number, typeof ErrorBody>),
    422: { ...ValidationErrorBody, description: 'Something in the request has the wrong form' },
  };
}
