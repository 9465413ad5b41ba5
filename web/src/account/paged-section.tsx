import type { ComponentChildren } from 'preact';
import { useId } from 'preact/hooks';
import type { PagedList } from '../api/paged-list';
import { errorMessage } from '../copy/error-messages';
import { ShowMore, useShowMore } from './show-more';

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
      {list.hasMore && <ShowMore title={title} task={task} />}
    </section>
  );
}
