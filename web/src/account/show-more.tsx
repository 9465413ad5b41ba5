import { useLayoutEffect, useRef } from 'preact/hooks';
import { messages } from '../messages';
import { Button } from '../ui/button';
import { type Task, useTask } from '../ui/use-task';

interface ShowMoreProps {
  /** Of the list that gets longer. */
  readonly title: string;
  readonly task: Task;
}

export function ShowMore({ title, task }: ShowMoreProps) {
  return (
    <div class="buttons">
      <Button isBusy={task.isBusy} onClick={() => void task.run()}>
        {messages.common.showMore}
        <span class="hidden-text">{messages.common.showMoreOf(title)}</span>
      </Button>
    </div>
  );
}

/** Moves the focus to the first entry that was added, because the button may have disappeared. */
export function useShowMore(length: number, onShowMore: () => Promise<void>) {
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
