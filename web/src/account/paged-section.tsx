import type { ComponentChildren } from 'preact';
import { useId, useLayoutEffect, useRef } from 'preact/hooks';
import type { PagedList } from '../api/paged-list';
import { errorMessage } from '../copy/error-messages';
import { messages } from '../messages';
import { Button } from '../ui/button';
import { useTask } from '../ui/use-task';

interface PagedSectionProps<T> {
  readonly title: string;
  /** Shown instead of an empty list. */
  readonly empty: string;
  readonly list: PagedList<T>;
  readonly onShowMore: () => Promise<void>;
  /** Renders one entry. */
  readonly children: (entry: T) => ComponentChildren;
}

/** A list of which older entries are loaded on request. */
export function PagedSection<T extends { readonly id: string }>(props: PagedSectionProps<T>) {
  const { title, empty, list, onShowMore, children } = props;
  const titleId = useId();
  const { entriesRef, task } = useShowMore(list.entries.length, onShowMore);
  return (
    <section aria-labelledby={titleId}>
      <h2 id={titleId}>{title}</h2>
      {list.entries.length === 0 && <p class="aside">{empty}</p>}
      <ul class="rows" ref={entriesRef}>
        {list.entries.map((entry) => (
          <li key={entry.id} class="entry" tabIndex={-1}>
            {children(entry)}
          </li>
        ))}
      </ul>
      <div role="alert">{task.error !== null && <p class="error">{errorMessage(task.error)}</p>}</div>
      {list.hasMore && (
        <div class="buttons">
          <Button isBusy={task.isBusy} onClick={() => void task.run()}>
            {messages.common.showMore}
            <span class="hidden-text">{messages.common.showMoreOf(title)}</span>
          </Button>
        </div>
      )}
    </section>
  );
}

/** Moves the focus to the first entry that was added, because the button may have disappeared. */
function useShowMore(length: number, onShowMore: () => Promise<void>) {
  const entriesRef = useRef<HTMLUListElement>(null);
  const shownBefore = useRef<number | null>(null);
  useLayoutEffect(() => {
    const index = shownBefore.current;
    if (index === null || length <= index) return;
    shownBefore.current = null;
    (entriesRef.current?.children[index] as HTMLElement | undefined)?.focus();
  }, [length]);
  const task = useTask(async () => {
    shownBefore.current = length;
    await onShowMore();
  });
  return { entriesRef, task };
}
