import type { ComponentChildren } from 'preact';
import { Problem } from '../api/errors';
import { SingleTaskPage } from '../ui/single-task-page';

interface InvalidLinkPageProps {
  /** What the user can do next. */
  readonly children?: ComponentChildren;
}

/** The service does not say whether a link is used, expired or unknown. */
export function InvalidLinkPage({ children }: InvalidLinkPageProps) {
  return (
    <SingleTaskPage title="This link has expired or was already used">
      <p>It may also be incomplete. If you just reloaded this page, open the link in your email again.</p>
      {children}
    </SingleTaskPage>
  );
}

export function isInvalidLink(error: unknown): boolean {
  return error instanceof Problem && error.code === 'invalid_link';
}
