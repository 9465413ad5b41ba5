import type { ComponentType } from 'preact';
import { render } from 'preact';
import { Announcer } from './ui/announcer';

/** Shows a page in place of what the document shows until the script has loaded. */
export function show(Page: ComponentType): void {
  const page = document.getElementById('page');
  if (!page) throw new Error('page.html has no #page element');
  page.replaceChildren();
  render(
    <Announcer>
      <Page />
    </Announcer>,
    page,
  );
}
