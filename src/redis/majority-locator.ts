import { majorityOf } from './majority.js';
import { NextAnswer } from './next-answer.js';
import type { ServerLocation, ServerLocator } from './server-location.js';
import type { Voter } from './voter.js';

/** Finds the server that more than half of the voters name. */
export class MajorityLocator implements ServerLocator {
  private readonly answers: NextAnswer<ServerLocation>;

  /**
   * @param locationOf asks one voter
   * @param keyOf locations with the same key are one vote
   */
  constructor(
    private readonly voters: readonly Voter[],
    locationOf: (voter: Voter) => Promise<ServerLocation>,
    keyOf: (location: ServerLocation) => string,
  ) {
    this.answers = new NextAnswer(() => majorityOf(voters.map(locationOf), keyOf));
  }

  locate(): Promise<ServerLocation> {
    return this.answers.get();
  }

  close(): void {
    for (const voter of this.voters) voter.close();
  }
}
