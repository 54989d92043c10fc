import type { Node } from '@kernelci/model';
import type { NodePage, PageQuestion } from './node-query.ts';

/**
 * A page and all that follow it: by cursor, so that no node comes twice and none is left out that was there at the
 * beginning; by offset where the API gives no cursor. Only the first page counts the total.
 */
export async function* eachPage<T extends Partial<Node>>(
  fetchPage: (question: PageQuestion) => Promise<NodePage<T>>,
  question: PageQuestion,
): AsyncGenerator<NodePage<T>, void, undefined> {
  const { offset: _, total: __, ...rest } = question;
  let page = await fetchPage(question);
  yield page;
  for (let seen = (question.offset ?? 0) + page.items.length; page.items.length > 0; ) {
    if (page.next !== undefined) page = await fetchPage({ ...rest, after: page.next, total: 'none' });
    else if (page.total !== null && seen < page.total) page = await fetchPage({ ...rest, offset: seen });
    else return;
    seen += page.items.length;
    yield page;
  }
}
