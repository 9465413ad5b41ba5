import { CreateUsers1795502400000 } from '../../migrations/1795502400000-CreateUsers.js';
import { CreateDevices1795502460000 } from '../../migrations/1795502460000-CreateDevices.js';
import { CreateSessions1795502520000 } from '../../migrations/1795502520000-CreateSessions.js';
import { CreateSigningKeys1795502580000 } from '../../migrations/1795502580000-CreateSigningKeys.js';
import { CreateSessionEvents1795502640000 } from '../../migrations/1795502640000-CreateSessionEvents.js';
import { CommitOnStandby1795502800000 } from '../../migrations/1795502800000-CommitOnStandby.js';
import { CreateSecurityEvents1795503200000 } from '../../migrations/1795503200000-CreateSecurityEvents.js';
import { CreateMailOutbox1795503260000 } from '../../migrations/1795503260000-CreateMailOutbox.js';
import { CreateAccountLinks1795503320000 } from '../../migrations/1795503320000-CreateAccountLinks.js';
import { AddPasswordVersionToUsers1795503380000 } from '../../migrations/1795503380000-AddPasswordVersionToUsers.js';
import { AddHabitsToSessions1795503400000 } from '../../migrations/1795503400000-AddHabitsToSessions.js';
import { IndexEndedSessionsByUser1795503460000 } from '../../migrations/1795503460000-IndexEndedSessionsByUser.js';
import { AddRefreshUseToSessions1795503520000 } from '../../migrations/1795503520000-AddRefreshUseToSessions.js';
import { LimitMail1795503640000 } from '../../migrations/1795503640000-LimitMail.js';
import { IndexEventsAndLinksByKind1795503700000 } from '../../migrations/1795503700000-IndexEventsAndLinksByKind.js';
import { OneAccountPerMailbox1795503880000 } from '../../migrations/1795503880000-OneAccountPerMailbox.js';
import { AddDevicesTrustedSince1795503940000 } from '../../migrations/1795503940000-AddDevicesTrustedSince.js';
import { CreateRejectedRegistrations1795504000000 } from '../../migrations/1795504000000-CreateRejectedRegistrations.js';
import { AddSessionCutOffs1795504060000 } from '../../migrations/1795504060000-AddSessionCutOffs.js';
import { IndexLiveSessions1795504120000 } from '../../migrations/1795504120000-IndexLiveSessions.js';
import { CreateClients1795504180000 } from '../../migrations/1795504180000-CreateClients.js';
import { AddAudienceToSessions1795504240000 } from '../../migrations/1795504240000-AddAudienceToSessions.js';
import { NameSchemaInTriggers1795504300000 } from '../../migrations/1795504300000-NameSchemaInTriggers.js';
import { AnonymiseEndedSessions1795504370000 } from '../../migrations/1795504370000-AnonymiseEndedSessions.js';
import { IndexSessionsByUser1795504371000 } from '../../migrations/1795504371000-IndexSessionsByUser.js';
import { RecordFewerRotations1795504372000 } from '../../migrations/1795504372000-RecordFewerRotations.js';
import { IndexOldEvents1795504373000 } from '../../migrations/1795504373000-IndexOldEvents.js';
import { AddLanguageToUsers1795504374000 } from '../../migrations/1795504374000-AddLanguageToUsers.js';
import { NameDeviceModels1795504375000 } from '../../migrations/1795504375000-NameDeviceModels.js';
import { StampEndsWithTransaction1795504376000 } from '../../migrations/1795504376000-StampEndsWithTransaction.js';
import { IndexEndsByTransaction1795504376500 } from '../../migrations/1795504376500-IndexEndsByTransaction.js';
import { CreateUndeliverableAddresses1795504377000 } from '../../migrations/1795504377000-CreateUndeliverableAddresses.js';

/** Every migration, oldest first. Append-only: a released migration is never edited. */
export const MIGRATIONS = [
  CreateUsers1795502400000,
  CreateDevices1795502460000,
  CreateSessions1795502520000,
  CreateSigningKeys1795502580000,
  CreateSessionEvents1795502640000,
  CommitOnStandby1795502800000,
  CreateSecurityEvents1795503200000,
  CreateMailOutbox1795503260000,
  CreateAccountLinks1795503320000,
  AddPasswordVersionToUsers1795503380000,
  AddHabitsToSessions1795503400000,
  IndexEndedSessionsByUser1795503460000,
  AddRefreshUseToSessions1795503520000,
  LimitMail1795503640000,
  IndexEventsAndLinksByKind1795503700000,
  OneAccountPerMailbox1795503880000,
  AddDevicesTrustedSince1795503940000,
  CreateRejectedRegistrations1795504000000,
  AddSessionCutOffs1795504060000,
  IndexLiveSessions1795504120000,
  CreateClients1795504180000,
  AddAudienceToSessions1795504240000,
  NameSchemaInTriggers1795504300000,
  AnonymiseEndedSessions1795504370000,
  IndexSessionsByUser1795504371000,
  RecordFewerRotations1795504372000,
  IndexOldEvents1795504373000,
  AddLanguageToUsers1795504374000,
  NameDeviceModels1795504375000,
  StampEndsWithTransaction1795504376000,
  IndexEndsByTransaction1795504376500,
  CreateUndeliverableAddresses1795504377000,
];
