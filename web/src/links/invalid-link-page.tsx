import type { ComponentChildren } from 'preact';
import { Problem } from '../api/errors';
import { SingleTaskPage } from '../ui/single-task-page';

interface InvalidLinkPageProps {
  /** The way forward. */
  readonly children: ComponentChildren;
}

/** The service tells nobody which of these it is. */
export function InvalidLinkPage({ children }: InvalidLinkPageProps) {
  return (
    <SingleTaskPage title="This link does not work any more">
      <p>
        It was used already, is too old, or is not complete. If you have only loaded this page again, open the
        link in your mail once more.
      </p>
      {children}
    </SingleTaskPage>
  );
}

export function isInvalidLink(error: unknown): boolean {
  return error instanceof Problem && error.code === 'invalid_link';
}
