import axe from 'axe-core';
import type { Page } from 'playwright-core';

/** Violations of WCAG 2.2 AA and of axe's best practices, in both colour schemes. */
export async function axeViolations(page: Page): Promise<string[]> {
  await page.evaluate(axe.source);
  const violations: string[] = [];
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    const { violations: found } = (await page.evaluate('axe.run(document)')) as axe.AxeResults;
    for (const { id, nodes } of found)
      violations.push(`${colorScheme}: ${id}: ${nodes.map(({ html }) => html)}`);
  }
  return violations;
}
