import { PAGE_SETTINGS } from '../page-settings';
import { Icon } from './icon';

/** Logo and name of the product. They lead to the application, if the service knows its address. */
export function Brand() {
  const { name, logo, url } = PAGE_SETTINGS.brand;
  const content = (
    <>
      {/* Decorative: the name is beside it. */}
      {logo ? <img class="logo" src={logo} alt="" /> : <Icon name="key" />} <bdi>{name}</bdi>
    </>
  );
  return url ? (
    <a class="brand" href={url}>
      {content}
    </a>
  ) : (
    <span class="brand">{content}</span>
  );
}
