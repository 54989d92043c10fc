import type { Page } from 'playwright-core';

/** What WCAG asks for text, level AA. */
const ENOUGH = 4.5;

/** Runs in the page: the texts that can be seen, with their colour and the one behind them. */
const VISIBLE_TEXTS = `
  [...document.querySelectorAll('body *')].flatMap((element) => {
    const text = [...element.childNodes].filter((node) => node.nodeType === 3).map((node) => node.data).join('').trim();
    if (text === '' && element.localName !== 'input' || !element.checkVisibility()) return [];
    let behind = element;
    while (getComputedStyle(behind).backgroundColor === 'rgba(0, 0, 0, 0)') behind = behind.parentElement;
    const { color } = getComputedStyle(element);
    return [{ text: text || element.id, color, background: getComputedStyle(behind).backgroundColor }];
  })`;

interface Text {
  text: string;
  color: string;
  background: string;
}

function luminance(color: string): number {
  const [red = 0, green = 0, blue = 0] = (color.match(/[\d.]+/g) ?? []).map((part) => {
    const value = Number(part) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function contrast({ color, background }: Text): number {
  const [dark = 0, light = 0] = [luminance(color), luminance(background)].sort((a, b) => a - b);
  return (light + 0.05) / (dark + 0.05);
}

/**
 * The texts on the page that are hard to read.
 * @throws Error when there is no text at all
 */
export async function poorContrasts(page: Page): Promise<string[]> {
  const texts = await page.evaluate<Text[]>(VISIBLE_TEXTS);
  if (texts.length === 0) throw new Error('nothing to be seen');
  return texts
    .filter((text) => contrast(text) < ENOUGH)
    .map((text) => `${text.text}: ${text.color} on ${text.background}`);
}
