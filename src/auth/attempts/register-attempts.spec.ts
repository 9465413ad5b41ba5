import { AppError } from '../../errors/app-error.js';
import { RegisterAttempts } from './register-attempts.js';

const LIMITS = { perAccount: 5, perAddress: 3, windowSeconds: 60 };
const ADDRESS = '192.0.2.1';

const taken = async (): Promise<string> => {
  throw new AppError('email_taken');
};

describe('RegisterAttempts', () => {
  const open = () => new RegisterAttempts(LIMITS, null, 'latchkey');

  it('refuses a network that keeps trying addresses that are taken', async () => {
    const attempts = open();
    for (let n = 0; n < 3; n++) {
      await expect(attempts.guard(ADDRESS, taken)).rejects.toMatchObject({ code: 'email_taken' });
    }
    let registrations = 0;
    const register = async () => ++registrations;
    await expect(attempts.guard(ADDRESS, register)).rejects.toMatchObject({
      code: 'too_many_requests',
      retryAfterSeconds: 60,
    });
    expect(registrations).toBe(0);
    await expect(attempts.guard('192.0.2.2', register)).resolves.toBe(1);
  });

  it('refuses a network that has registered many users, each of whom was sent a mail', async () => {
    const attempts = open();
    const register = async () => 'a user';
    for (let n = 0; n < 3; n++) await expect(attempts.guard(ADDRESS, register)).resolves.toBe('a user');
    await expect(attempts.guard(ADDRESS, register)).rejects.toMatchObject({ code: 'too_many_requests' });
    await expect(attempts.guard('192.0.2.2', register)).resolves.toBe('a user');
  });

  it('does not count a registration that fails for another reason', async () => {
    const attempts = open();
    for (let n = 0; n < 10; n++) {
      const rejected = async () => {
        throw new AppError('password_rejected');
      };
      await expect(attempts.guard(ADDRESS, rejected)).rejects.toMatchObject({ code: 'password_rejected' });
    }
  });

  it('answers no more than the limit when a hundred requests arrive at once', async () => {
    const attempts = open();
    const results = await Promise.allSettled(
      Array.from({ length: 100 }, () => attempts.guard(ADDRESS, taken)),
    );
    const answered = results.filter(
      (result) => result.status === 'rejected' && result.reason.code === 'email_taken',
    );
    expect(answered).toHaveLength(3);
  });
});
