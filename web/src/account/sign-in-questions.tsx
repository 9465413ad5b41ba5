import type { SecurityEvent, UnansweredSignIns } from '@latchkey/client/cookie-client';
import { useState } from 'preact/hooks';
import { answerSignIn } from '../api/account';
import { bidiIsolate } from '../copy/bidi-isolate';
import { shownName } from '../copy/device-name';
import { errorMessage } from '../copy/error-messages';
import { pendingNote } from '../copy/pending-note';
import { accountMessages } from '../messages';
import { useAnnounce } from '../ui/announcer';
import { Button } from '../ui/button';
import { Icon } from '../ui/icon';
import { useTask } from '../ui/use-task';
import { useReauthentication } from './reauthentication';
import { SecurityEventOrigin } from './security-event-list';
import { ShowMore, useShowMore } from './show-more';
import type { RevokedHere } from './use-revoked-here';

const TEXTS = accountMessages.questions;
/** More would push the devices out of sight. */
const SHOWN_FIRST = 3;

interface AnswerHandlers {
  readonly revokedHere: RevokedHere;
  readonly onAnswered: () => Promise<void>;
  /** Receives the reason why the user should choose a new password. */
  readonly onRejected: (reason: string) => void;
}

interface SignInQuestionsProps extends AnswerHandlers {
  readonly questions: UnansweredSignIns | null;
}

/** Asks about sign-ins from new devices, until they are answered on any device. */
export function SignInQuestions({ questions, ...handlers }: SignInQuestionsProps) {
  const [isOpen, setOpen] = useState(false);
  const events = questions?.events ?? [];
  const shown = isOpen ? events : events.slice(0, SHOWN_FIRST);
  const { entriesRef, task } = useShowMore(shown.length, async () => setOpen(true));
  if (!questions || events.length === 0) return null;
  const title = TEXTS.title(events.length);
  return (
    <section class="notice questions" aria-labelledby="questions">
      <h2 id="questions">{title}</h2>
      <p>{TEXTS.text(events.length)}</p>
      <ul ref={entriesRef}>
        {shown.map((event) => (
          <Question key={event.id} event={event} canConfirm={questions.can_confirm} {...handlers} />
        ))}
      </ul>
      {events.length > shown.length && <ShowMore title={title} task={task} />}
    </section>
  );
}

interface QuestionProps extends AnswerHandlers {
  readonly event: SecurityEvent;
  readonly canConfirm: boolean;
}

function Question({ event, canConfirm, revokedHere, onAnswered, onRejected }: QuestionProps) {
  const announce = useAnnounce();
  const withReauthentication = useReauthentication();
  const { device, kind, client } = event.detail;
  const name = typeof device === 'string' ? shownName(device) : accountMessages.devices.unknown;
  const confirm = useTask(async () => {
    await withReauthentication(() => answerSignIn(event.id, true));
    announce(TEXTS.confirmed);
    await onAnswered();
  });
  const reject = useTask(async () => {
    const outcome = await withReauthentication(() =>
      revokedHere.during([event.device_id ?? ''], () => answerSignIn(event.id, false)),
    );
    onRejected(TEXTS.rejected(bidiIsolate(name)) + pendingNote(outcome));
    await onAnswered();
  });
  const error = confirm.error ?? reject.error;
  const onDevice = <span class="hidden-text">{TEXTS.onDevice(<bdi>{name}</bdi>)}</span>;
  return (
    <li data-question={event.id} tabIndex={-1}>
      <Icon name={String(kind)} browser={String(client)} />
      <div class="question-text">
        <p class="device-name">
          <bdi>{name}</bdi>
        </p>
        <SecurityEventOrigin event={event} />
        <div role="alert">{error !== null && <p class="error">{errorMessage(error)}</p>}</div>
      </div>
      <div class="buttons">
        {canConfirm && (
          <Button isBusy={confirm.isBusy} onClick={() => void confirm.run()}>
            {TEXTS.own}
            {onDevice}
          </Button>
        )}
        <Button variant="danger" isBusy={reject.isBusy} onClick={() => void reject.run()}>
          {TEXTS.foreign}
          {onDevice}
        </Button>
      </div>
    </li>
  );
}
