// Makes one DOM element: the panel and the overlay are built of these. Text is set as text, never parsed.

export interface ElementOptions {
  className?: string;
  text?: string;
  onClick?: (event: MouseEvent) => void;
}

export function element<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  { className, text, onClick }: ElementOptions = {},
  ...children: (Node | null)[]
): HTMLElementTagNameMap[Tag] {
  const made = document.createElement(tag);
  if (className) made.className = className;
  if (text !== undefined) made.textContent = text;
  if (onClick) made.addEventListener("click", onClick as EventListener);
  made.append(...children.filter((child) => child !== null));
  return made;
}
