import { isEmailValid } from '@hapi/address';
import { Ajv, type Options, type ValidateFunction } from 'ajv';
import type { FastifySchemaCompiler } from 'fastify';
import type { TSchema } from 'typebox';
import { ValidationFailure } from '../error-handler.ts';
import { toProblems } from './problems.ts';

const PARTS = { body: 'body', querystring: 'query', params: 'path', headers: 'header' } as const;

const TRUE = new Set<unknown>([true, 1, '1', 'true', 't', 'yes', 'y', 'on']);
const FALSE = new Set<unknown>([false, 0, '0', 'false', 'f', 'no', 'n', 'off']);

/** What clients send for a boolean; undefined when it is none of them. */
export function readBoolean(value: unknown): boolean | undefined {
  const known = typeof value === 'string' ? value.toLowerCase() : value;
  return TRUE.has(known) ? true : FALSE.has(known) ? false : undefined;
}

/** In a request with more parts than this, the first thing wrong is named, not all of them. */
const NAMED_ALL_MAX = 2000;

/** A mailbox that a mail can be sent to: plain ASCII or internationalised, one line, a domain with a dot. */
export const isEmail = (text: string): boolean =>
  isEmailValid(text, { minDomainSegments: 2, allowUnicode: true });

function newAjv(options: Options): Ajv {
  const ajv = new Ajv({ verbose: true, strict: false, useDefaults: true, ...options });
  ajv.addFormat('email', isEmail);
  ajv.addKeyword({
    keyword: 'looseBoolean',
    modifying: true,
    validate: (
      _schema: unknown,
      data: unknown,
      _parent: unknown,
      place: { parentData: unknown; parentDataProperty: string | number } | undefined,
    ) => {
      const value = readBoolean(data);
      if (value === undefined || place === undefined) return false;
      (place.parentData as Record<string | number, unknown>)[place.parentDataProperty] = value;
      return true;
    },
  });
  return ajv;
}

/** Whether the value has at most so many parts, counted to that number only. */
function isSmall(value: unknown): boolean {
  let left = NAMED_ALL_MAX;
  const count = (item: unknown): boolean => {
    left -= 1;
    if (left < 0) return false;
    if (item === null || typeof item !== 'object') return true;
    return (Array.isArray(item) ? item : Object.values(item)).every(count);
  };
  return count(value);
}

/** One pair of compilers for what is taken as it is, one for text that is read. */
function newCompilers(options: Options) {
  return { first: newAjv({ ...options, allErrors: false }), all: newAjv({ ...options, allErrors: true }) };
}

/**
 * Compiles the schemas of requests. JSON bodies are taken as they are; what comes in a URL or a form is text and is
 * read.
 */
export function validatorCompiler(body: 'json' | 'form' = 'json'): FastifySchemaCompiler<TSchema> {
  const asIs = newCompilers({ coerceTypes: false });
  const read = newCompilers({ coerceTypes: true });
  return ({ schema, httpPart }) => {
    const part = PARTS[(httpPart ?? 'body') as keyof typeof PARTS];
    const compilers = part === 'body' && body === 'json' ? asIs : read;
    // Compiled when it is first needed: all schemas together would take a good part of the start.
    let validateFirst: ValidateFunction | undefined;
    let validateFully: ValidateFunction | undefined;
    return (data: unknown) => {
      validateFirst ??= compilers.first.compile(schema);
      const validate = validateFirst;
      if (validate(data)) return { value: data };
      // A list of a million wrong things would give a million errors: of what is large, the first is told.
      if (!isSmall(data)) return { error: new ValidationFailure(toProblems(validate.errors ?? [], part)) };
      validateFully ??= compilers.all.compile(schema);
      validateFully(data);
      return { error: new ValidationFailure(toProblems(validateFully.errors ?? [], part)) };
    };
  };
}
