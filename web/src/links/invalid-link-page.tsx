import type { ComponentChildren } from 'preact';
import { Problem } from '../api/errors';
import { SingleTaskPage } from '../ui/single-task-page';

interface InvalidLinkPageProps {
  /** What the user can do next. */
  readonly children: ComponentChildren;
}

/** The service does not say whether a link is used, expired or unknown. */
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
