import { AccountPage } from './account/account-page';
import { show } from './show';

show(AccountPage);
