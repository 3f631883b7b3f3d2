// The pictures of a product: a row to swipe, small ones to pick from. The frame has its size before
// they arrive.
import type { Image } from '@souk/shared';
import { useEffect, useRef, useState } from 'react';
import { cx } from '../../components/classes';
import { Picture } from '../../components/Picture';

interface GalleryProps {
  images: Image[];
  title: string;
  /** The chosen variant's picture. */
  shownId: string | null;
}

export function Gallery({ images, title, shownId }: GalleryProps) {
  const track = useRef<HTMLUListElement>(null);
  const [at, setAt] = useState(0);

  function show(index: number, behavior: ScrollBehavior = 'smooth') {
    const width = track.current?.clientWidth ?? 0;
    track.current?.scrollTo({ left: index * width, behavior });
  }

  useEffect(() => {
    const index = images.findIndex(({ id }) => id === shownId);
    if (index >= 0) show(index, 'auto');
  }, [images, shownId]);

  if (images.length === 0)
    return <Picture image={null} sizes="100vw" ratio={1} className="rounded-2xl!" />;
  return (
    <div className="flex min-w-0 flex-col gap-3 self-start lg:sticky lg:top-32">
      <ul
        ref={track}
        aria-label={`Pictures of ${title}`}
        // Scrollable by arrow keys, which needs a stop for the keyboard.

        tabIndex={images.length > 1 ? 0 : undefined}
        className="track flex snap-x snap-mandatory overflow-x-auto rounded-2xl"
        onScroll={({ currentTarget: { scrollLeft, clientWidth } }) =>
          setAt(Math.round(scrollLeft / clientWidth))
        }
      >
        {images.map((image, index) => (
          <li key={image.id} className="w-full shrink-0 snap-start">
            <Picture
              image={image}
              alt={
                image.alt ||
                (images.length > 1 ? `${title}, picture ${index + 1} of ${images.length}` : title)
              }
              sizes="(min-width: 1024px) 52vw, 100vw"
              ratio={1}
              eager={index === 0}
              className="rounded-none!"
            />
          </li>
        ))}
      </ul>
      {images.length > 1 && <Thumbnails images={images} at={at} onPick={show} />}
    </div>
  );
}

function Thumbnails({
  images,
  at,
  onPick,
}: {
  images: Image[];
  at: number;
  onPick(index: number): void;
}) {
  return (
    <ul className="track flex gap-2 overflow-x-auto p-1">
      {images.map((image, index) => (
        <li key={image.id} className="w-16 shrink-0 lg:w-20">
          <button
            type="button"
            aria-label={`Show picture ${index + 1}`}
            aria-current={index === at}
            className={cx(
              'block w-full rounded-lg',
              index === at && 'outline-2 outline-offset-2 outline-ink',
            )}
            onClick={() => onPick(index)}
          >
            <Picture image={image} alt="" sizes="80px" ratio={1} />
          </button>
        </li>
      ))}
    </ul>
  );
}
