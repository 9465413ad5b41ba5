import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { Brand } from './brand';
import { PageFooter } from './page-footer';
import { useDocumentTitle } from './use-document-title';

interface SingleTaskPageProps {
  readonly title: string;
  /** Reports what happened just before. */
  readonly notice?: string | null;
  readonly children: ComponentChildren;
}

/** A narrow page for one task. Focuses its heading, unless something else on the page took the focus. */
export function SingleTaskPage({ title, notice, children }: SingleTaskPageProps) {
  const heading = useRef<HTMLHeadingElement>(null);
  useDocumentTitle(title);
  useEffect(() => {
    if (document.activeElement === document.body) heading.current?.focus();
  }, []);
  return (
    <main class="column single-task">
      <p>
        <Brand />
      </p>
      <div role="alert">{notice && <p class="notice">{notice}</p>}</div>
      <h1 ref={heading} tabIndex={-1}>
        {title}
      </h1>
      {children}
      <PageFooter />
    </main>
  );
}
