/** One line icon of img/icons.svg; always beside words, so hidden from screen readers. */
import sprite from "../../img/icons.svg?url";

export function Icon({ name }: { name: string }) {
  return (
    <svg class="icon" aria-hidden="true" focusable="false">
      <use href={`${sprite}#${name}`} />
    </svg>
  );
}
