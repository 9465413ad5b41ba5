import { Problem } from '@latchkey/client/cookie-client';
import type { ComponentChildren } from 'preact';
import { linkMessages } from '../messages';
import { SingleTaskPage } from '../ui/single-task-page';

interface InvalidLinkPageProps {
  /** What the user can do next. */
  readonly children?: ComponentChildren;
}

/** The service does not say whether a link is used, expired or unknown. */
export function InvalidLinkPage({ children }: InvalidLinkPageProps) {
  return (
    <SingleTaskPage title={linkMessages.invalidLink.title}>
      <p>{linkMessages.invalidLink.text}</p>
      {children}
    </SingleTaskPage>
  );
}

export function isInvalidLink(error: unknown): boolean {
  return error instanceof Problem && error.code === 'invalid_link';
}
