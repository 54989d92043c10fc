import Handlebars from 'handlebars';
import { shellWord } from './shell-word.ts';

export type Markup = 'text' | 'html';
export type Values = Readonly<Record<string, string>>;
/** Fills in the values; in HTML they are escaped. */
export type Render = (values: Values) => string;

const engine = Handlebars.create();
engine.registerHelper('sh', (value: unknown) => shellWord(String(value)));

/** The helpers that a template may use. Each takes one variable. */
const HELPERS = ['if', 'unless', 'sh'];

type Call = hbs.AST.MustacheStatement | hbs.AST.BlockStatement;

function complaint(node: hbs.AST.Node, message: string): Error {
  return new Error(`line ${node.loc.start.line}: ${message}`);
}

const nameOf = (expression: hbs.AST.Expression): string =>
  expression.type === 'PathExpression' ? (expression as hbs.AST.PathExpression).original : '';

/**
 * Finds what a template must not hold. It looks at the whole of it, so that a mistake in a branch that is seldom
 * taken does not wait for its day.
 */
class Check extends Handlebars.Visitor {
  readonly #markup: Markup;
  readonly #variables: readonly string[];

  constructor(markup: Markup, variables: readonly string[]) {
    super();
    this.#markup = markup;
    this.#variables = variables;
  }

  override MustacheStatement(statement: hbs.AST.MustacheStatement): void {
    if (this.#markup === 'html' && !statement.escaped) {
      throw complaint(statement, 'values must be escaped: write {{name}}, not {{{name}}} or {{&name}}');
    }
    this.#call(statement);
  }

  override BlockStatement(statement: hbs.AST.BlockStatement): void {
    this.#call(statement);
    super.BlockStatement(statement);
  }

  override PartialStatement(statement: hbs.AST.PartialStatement): void {
    throw complaint(statement, 'a template cannot include others');
  }

  override PartialBlockStatement(statement: hbs.AST.PartialBlockStatement): void {
    throw complaint(statement, 'a template cannot include others');
  }

  override Decorator(statement: hbs.AST.Decorator): void {
    throw complaint(statement, 'decorators are not supported');
  }

  override DecoratorBlock(statement: hbs.AST.DecoratorBlock): void {
    throw complaint(statement, 'decorators are not supported');
  }

  #call(statement: Call): void {
    const { path, params, hash } = statement;
    const plain = statement.type === 'MustacheStatement' && params.length === 0;
    const isHelper = HELPERS.includes(nameOf(path));
    const [param] = plain && !isHelper ? [path] : params;
    if (!plain && !isHelper) throw complaint(path, `the helpers are ${HELPERS.join(', ')}`);
    if (param === undefined || params.length > 1 || hash !== undefined) {
      throw complaint(path, `${nameOf(path)} takes one variable`);
    }
    this.#variable(param);
  }

  #variable(expression: hbs.AST.Expression): void {
    if (this.#variables.includes(nameOf(expression))) return;
    const name = nameOf(expression) || 'a constant';
    throw complaint(expression, `${name} is no variable here; there are ${this.#variables.join(', ')}`);
  }
}

/** Markup that is there to be filled in as it is. */
export function asMarkup(html: string): string {
  return new Handlebars.SafeString(html) as unknown as string;
}

/** Throws Error, with the line and what is wrong, when the template does not fit the variables. */
export function compileTemplate(source: string, markup: Markup, variables: readonly string[]): Render {
  new Check(markup, variables).accept(engine.parse(source));
  return engine.compile<Values>(source, { strict: true, noEscape: markup === 'text' });
}
