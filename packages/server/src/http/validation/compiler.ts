import { isEmailValid } from '@hapi/address';
import { Ajv, type Options } from 'ajv';
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

/** A mailbox that a mail can be sent to: plain ASCII or internationalised, one line, a domain with a dot. */
export const isEmail = (text: string): boolean =>
  isEmailValid(text, { minDomainSegments: 2, allowUnicode: true });

function newAjv(options: Options): Ajv {
  const ajv = new Ajv({ allErrors: true, verbose: true, strict: false, useDefaults: true, ...options });
  ajv.addFormat('email', isEmail);
  ajv.addKeyword({
    keyword: 'looseBoolean',
    modifying: true,
    validate: (_schema: unknown, data: unknown, _parent: unknown, place: { parentData: unknown; parentDataProperty: string | number } | undefined) => {
      const value = readBoolean(data);
      if (value === undefined || place === undefined) return false;
      (place.parentData as Record<string | number, unknown>)[place.parentDataProperty] = value;
      return true;
    },
  });
  return ajv;
}

/** Compiles the schemas of requests. Bodies are taken as they are; what comes in a URL is text and is read. */
export function validatorCompiler(): FastifySchemaCompiler<TSchema> {
  const forBodies = newAjv({ coerceTypes: false });
  const forUrls = newAjv({ coerceTypes: true });
  return ({ schema, httpPart }) => {
    const part = PARTS[(httpPart ?? 'body') as keyof typeof PARTS];
    const validate = (part === 'body' ? forBodies : forUrls).compile(schema);
    return (data: unknown) => {
      if (validate(data)) return { value: data };
      return { error: new ValidationFailure(toProblems(validate.errors ?? [], part)) };
    };
  };
}
