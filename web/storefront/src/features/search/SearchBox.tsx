// The search field and its suggestions: an ARIA combobox whose behaviour is Downshift's and whose
// look is ours.
import { formatMoney, type Suggestion } from '@souk/shared';
import { useQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useCombobox } from 'downshift';
import { Folder, Search, Tag } from 'lucide-react';
import { useEffect, useState, type ChangeEvent, type KeyboardEvent } from 'react';
import { cx } from '../../components/classes';
import { Picture } from '../../components/Picture';
import { suggestionsQuery } from '../../lib/catalogue';
import { one } from '../../lib/filter';

const PAUSE_MS = 120;

export function SearchBox() {
  const q =
    one(useSearch({ strict: false, select: (search) => (search as { q?: string }).q })) ?? '';
  const [text, setText] = useState(q);
  const [shownQuery, setShownQuery] = useState(q);
  const { data: items = [] } = useQuery(suggestionsQuery(usePaused(text.trim().toLowerCase())));
  const go = useGo(setText);
  if (q !== shownQuery) {
    setShownQuery(q);
    setText(q);
  }
  const box = useCombobox<Suggestion>({
    items,
    inputValue: text,
    selectedItem: null,
    itemToString: (item) => item?.label ?? '',
    onSelectedItemChange: ({ selectedItem }) => selectedItem && go.toSuggestion(selectedItem),
  });
  const open = box.isOpen && text.trim().length > 1 && items.length > 0;

  return (
    <form
      role="search"
      action="/search"
      className="relative"
      onSubmit={(event) => {
        event.preventDefault();
        box.closeMenu();
        if (text.trim()) go.toResults({ q: text.trim() });
      }}
    >
      <Search aria-hidden className="pointer-events-none absolute top-3 left-4 size-5 text-muted" />
      <input
        {...box.getInputProps({
          'aria-label': 'Search the shop',
          'aria-labelledby': undefined,
          // Here, not in onInputValueChange: that comes too late for fast fingers and loses letters.
          onChange: (event: ChangeEvent<HTMLInputElement>) => setText(event.target.value),
          onKeyDown: box.highlightedIndex < 0 ? leaveEnterToTheForm : undefined,
        })}
        type="search"
        name="q"
        placeholder="Search"
        autoComplete="off"
        enterKeyHint="search"
        maxLength={200}
        className="h-11 w-full rounded-full border border-edge bg-raised pr-4 pl-11 text-base text-ink placeholder:text-muted hover:border-ink"
      />
      <ul
        {...box.getMenuProps({ 'aria-label': 'Suggestions', 'aria-labelledby': undefined })}
        className={cx(
          'absolute inset-x-0 top-full z-40 mt-1.5 max-h-[min(28rem,70dvh)] overflow-y-auto overscroll-contain rounded-2xl border border-line bg-raised p-2 shadow-xl shadow-black/10',
          !open && 'hidden',
        )}
      >
        {open &&
          items.map((item, index) => (
            <li
              key={`${item.kind}:${item.handle ?? item.label}`}
              {...box.getItemProps({ item, index })}
              className="flex min-h-12 cursor-pointer items-center gap-3 rounded-xl px-2 py-1 aria-selected:bg-tile"
            >
              <SuggestionRow item={item} />
            </li>
          ))}
      </ul>
    </form>
  );
}

/** With no suggestion chosen, Enter searches for what was typed. */
function leaveEnterToTheForm(event: KeyboardEvent) {
  if (event.key === 'Enter') Object.assign(event.nativeEvent, { preventDownshiftDefault: true });
}

const KINDS = { product: null, category: 'Department', brand: 'Brand', query: null };

function SuggestionRow({ item }: { item: Suggestion }) {
  const Icon = { category: Folder, brand: Tag, query: Search, product: null }[item.kind];
  return (
    <>
      <span className="grid w-10 shrink-0 place-items-center">
        {Icon ? (
          <Icon aria-hidden className="size-4 text-muted" />
        ) : (
          <Picture
            image={item.image}
            alt=""
            sizes="40px"
            ratio={1}
            className="w-full rounded-md!"
          />
        )}
      </span>
      <span className="min-w-0 flex-1 truncate">{item.label}</span>
      {item.price_minor !== null && item.currency && (
        <span className="amount text-sm text-muted">
          {formatMoney(item.price_minor, item.currency)}
        </span>
      )}
      {KINDS[item.kind] && <span className="text-sm text-muted">{KINDS[item.kind]}</span>}
    </>
  );
}

function useGo(setText: (text: string) => void) {
  const navigate = useNavigate();
  const toResults = (search: { q?: string; brand?: string }) => {
    setText(search.q ?? '');
    void navigate({ to: '/search', search });
  };
  function toSuggestion({ kind, handle, label }: Suggestion) {
    if (kind === 'query') return toResults({ q: label });
    if (kind === 'brand') return toResults({ brand: handle ?? label });
    setText('');
    const to = kind === 'product' ? '/products/$handle' : '/categories/$handle';
    void navigate({ to, params: { handle: handle ?? '' } });
  }
  return { toResults, toSuggestion };
}

function usePaused(value: string): string {
  const [paused, setPaused] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setPaused(value), PAUSE_MS);
    return () => clearTimeout(timer);
  }, [value]);
  return paused;
}
