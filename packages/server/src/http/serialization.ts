import buildSerializer from 'fast-json-stringify';
import type { FastifySerializerCompiler } from 'fastify';
import type { TSchema } from 'typebox';

/**
 * Compiles the schemas of answers, each when it is first answered with: most never are, and all of them would take a
 * good part of the start.
 */
export const serializerCompiler: FastifySerializerCompiler<TSchema> = ({ schema }) => {
  let serialize: ((data: unknown) => string) | undefined;
  return (data) => {
    serialize ??= buildSerializer(schema as Parameters<typeof buildSerializer>[0]);
    return serialize(data);
  };
};
