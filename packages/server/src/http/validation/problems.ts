import type { Problem } from '@kernelci/model';
import type { ErrorObject } from 'ajv';

const SECRET = /password|token|secret/i;
const INPUT_MAX = 200;

type Told = Pick<Problem, 'type' | 'msg'> & { ctx?: Record<string, unknown> };

const TYPES: Record<string, { type: string; what: string }> = {
  string: { type: 'string_type', what: 'a string' },
  integer: { type: 'int_type', what: 'a whole number' },
  number: { type: 'float_type', what: 'a number' },
  boolean: { type: 'bool_type', what: 'true or false' },
  array: { type: 'list_type', what: 'a list' },
  object: { type: 'model_attributes_type', what: 'an object' },
};

const tell: Record<string, (params: Record<string, unknown>) => Told> = {
  required: () => ({ type: 'missing', msg: 'Field required' }),
  minLength: ({ limit }) => ({
    type: 'string_too_short',
    msg: `Must have at least ${limit} character${limit === 1 ? '' : 's'}`,
    ctx: { min_length: limit },
  }),
  maxLength: ({ limit }) => ({
    type: 'string_too_long',
    msg: `Must have at most ${limit} characters`,
    ctx: { max_length: limit },
  }),
  pattern: ({ pattern }) => ({
    type: 'string_pattern_mismatch',
    msg: String(pattern).startsWith('^(?! )')
      ? 'Must not contain control characters, nor begin or end with a blank'
      : `Must match ${pattern}`,
  }),
  format: ({ format }) => ({
    type: 'value_error',
    msg:
      format === 'email' ? 'Must be an email address, such as name@example.org' : `Must be a valid ${format}`,
  }),
  minimum: ({ limit }) => ({
    type: 'greater_than_equal',
    msg: `Must be at least ${limit}`,
    ctx: { ge: limit },
  }),
  maximum: ({ limit }) => ({ type: 'less_than_equal', msg: `Must be at most ${limit}`, ctx: { le: limit } }),
  maxItems: ({ limit }) => ({
    type: 'too_long',
    msg: `Must have at most ${limit} items`,
    ctx: { max_length: limit },
  }),
  enum: ({ allowedValues }) => ({
    type: 'literal_error',
    msg: `Must be one of ${(allowedValues as unknown[]).join(', ')}`,
  }),
  looseBoolean: () => ({ type: 'bool_parsing', msg: 'Must be true or false' }),
};

function told(error: ErrorObject, part: string): Told {
  if (error.keyword === 'type') {
    const type = TYPES[String(error.params.type)] ?? { type: 'type_error', what: String(error.params.type) };
    // Query and path come as text: what fails there is reading the text.
    const read =
      part !== 'body' && type.type.endsWith('_type') ? type.type.replace('_type', '_parsing') : type.type;
    return { type: read, msg: `Must be ${type.what}` };
  }
  return tell[error.keyword]?.(error.params) ?? { type: 'value_error', msg: error.message ?? 'Not valid' };
}

/** What was sent, for the caller to recognise: never secrets, never much. */
function inputOf(error: ErrorObject, loc: Problem['loc']): unknown {
  if (error.keyword === 'required' || loc.some((part) => SECRET.test(String(part)))) return null;
  const text = JSON.stringify(error.data) ?? 'null';
  return text.length > INPUT_MAX || SECRET.test(text) ? null : error.data;
}

const segments = (pointer: string): Array<string | number> =>
  pointer
    .split('/')
    .slice(1)
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'))
    .map((part) => (/^\d+$/.test(part) ? Number(part) : part));

/** An alternative that null would have met says nothing to somebody who sent something else. */
const isNoise = (error: ErrorObject): boolean =>
  error.keyword === 'anyOf' || (error.keyword === 'type' && error.params.type === 'null');

function literalChoices(errors: readonly ErrorObject[]): ErrorObject[] {
  const first = errors.find((error) => error.keyword === 'const');
  if (first === undefined) return [...errors];
  const allowedValues = errors.filter((e) => e.keyword === 'const').map((e) => e.params.allowedValue);
  const rest = errors.filter((error) => error.keyword !== 'const');
  return [...rest, { ...first, keyword: 'enum', params: { allowedValues } }];
}

/** The validator's errors in the wire's shape: one for each place. */
export function toProblems(
  errors: readonly ErrorObject[],
  part: 'body' | 'query' | 'path' | 'header',
): Problem[] {
  const telling = errors.filter((error) => !isNoise(error));
  const problems = literalChoices(telling.length > 0 ? telling : errors).map((error): Problem => {
    const missing = error.keyword === 'required' ? [String(error.params.missingProperty)] : [];
    const loc = [part, ...segments(error.instancePath), ...missing];
    if (loc.length === 1 && error.data == null)
      return { type: 'missing', loc, msg: 'Field required', input: null };
    const { ctx, ...rest } = told(error, part);
    return { ...rest, loc, input: inputOf(error, loc), ...(ctx ? { ctx } : {}) };
  });
  const places = new Set<string>();
  return problems.filter((problem) => {
    const place = problem.loc.join('\n');
    return places.has(place) ? false : places.add(place);
  });
}
