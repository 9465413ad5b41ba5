import type { Page } from 'playwright-core';

/** Lays the page out from left to right and from right to left, without a moment in between. */
const COMPARE = `(() => {
  const isBox = (element) =>
    !element.closest('svg svg, svg *, .hidden-text') &&
    !/^(inline|none|contents)$/.test(getComputedStyle(element).display);
  const boxes = [...document.querySelectorAll('body *')].filter(isBox);
  const layOut = (direction) => {
    document.documentElement.dir = direction;
    return boxes.map((box) => box.getBoundingClientRect());
  };
  const [before, after] = ['ltr', 'rtl'].map(layOut);
  const { clientWidth, scrollWidth } = document.documentElement;
  const notMirrored = boxes.filter((_, at) =>
    Math.abs(clientWidth - before[at].right - after[at].left) > 1 ||
    Math.abs(before[at].width - after[at].width) > 1);
  return {
    boxes: boxes.length,
    notMirrored: notMirrored.map(({ localName, className }) => localName + '.' + className),
    overflow: scrollWidth - clientWidth,
  };
})()`;

interface MirroredLayout {
  /** How many boxes were compared. Words in a line are not boxes: their order depends on the language. */
  readonly boxes: number;
  /** Those that are not at the mirrored position. */
  readonly notMirrored: readonly string[];
  /** By how many pixels the page is wider than the window. */
  readonly overflow: number;
}

/** Turns the page into one that is read from right to left, and compares it with what it was. */
export function mirror(page: Page): Promise<MirroredLayout> {
  return page.evaluate(COMPARE) as Promise<MirroredLayout>;
}
