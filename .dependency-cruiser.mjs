// TypeScript 7 has no parser that dependency-cruiser could use yet: swc reads the imports instead.
// test/harness/import-rules.test.ts proves that each rule here sees what it forbids.

const FOR_TESTS = '(\\.test|-fixture)\\.ts$';

const inServer = (...layers) => `^packages/server/src/(${layers.join('|')})(/|\\.ts$)`;

/** @type {import('dependency-cruiser').IConfiguration} */
export default {
  forbidden: [
    {
      name: 'no-cycles',
      comment: 'A cycle that types alone close does no harm: nothing of it is left at run time.',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'resolvable',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
    {
      name: 'model-is-a-leaf',
      comment: 'Everybody imports the model, so it imports only TypeBox.',
      severity: 'error',
      from: { path: '^packages/model/src/', pathNot: FOR_TESTS },
      to: { pathNot: ['^packages/model/src/', '^node_modules/typebox/'] },
    },
    {
      name: 'client-knows-the-model-only',
      severity: 'error',
      from: { path: '^packages/client/src/' },
      to: { path: '^packages/', pathNot: '^packages/(client|model)/src/' },
    },
    {
      name: 'kci-knows-client-and-model-only',
      severity: 'error',
      from: { path: '^packages/kci/src/' },
      to: { path: '^packages/', pathNot: '^packages/(kci|client|model)/' },
    },
    {
      name: 'server-knows-the-model-only',
      severity: 'error',
      from: { path: '^packages/server/src/' },
      to: { path: '^packages/', pathNot: '^packages/(server|model)/' },
    },
    {
      name: 'store-is-below-domain-and-http',
      severity: 'error',
      from: { path: inServer('store') },
      to: { path: inServer('domain', 'http', 'mail', 'context', 'main') },
    },
    {
      name: 'domain-is-below-http',
      severity: 'error',
      from: { path: inServer('domain') },
      to: { path: inServer('http', 'context', 'main') },
    },
    {
      name: 'dialects-and-migrations-stay-in-the-store',
      severity: 'error',
      from: { path: inServer('http', 'domain', 'mail') },
      to: { path: inServer('store/dialect', 'store/migrations') },
    },
    {
      name: 'acceptance-tests-use-the-front-door',
      comment: 'They speak HTTP and run processes, so that they can be aimed at any server.',
      severity: 'error',
      from: { path: '^test/(acceptance|helpers)/' },
      to: { path: '^packages/[^/]+/src/' },
    },
    {
      name: 'source-knows-no-tests',
      severity: 'error',
      from: { path: '^packages/[^/]+/src/', pathNot: FOR_TESTS },
      to: { path: ['^test/', FOR_TESTS] },
    },
  ],
  options: {
    parser: 'swc',
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '(^|/)dist/' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'types'],
    },
  },
};
