// A product picture on its tile: the tile has its size before the picture arrives, so nothing
// moves.
import type { Image } from '@souk/shared';
import { ImageOff } from 'lucide-react';
import { useEffect, useState } from 'react';
import { cx } from './classes';

interface PictureProps {
  image: Image | null | undefined;
  /** Empty where the text beside it already names the product. */
  alt?: string;
  sizes: string;
  /** Width by height of the tile. */
  ratio?: number;
  eager?: boolean;
  className?: string;
}

const RETRY_MS = 4000;
const CROP_SIDES_MAX = 1.25;
const CROP_HEIGHT_MAX = 1.6;

/**
 * Near the tile's own shape a picture fills it; any other is shown whole, since cropping would cut
 * the goods, and so is one of unknown shape. Upright pictures bear more: they mostly show people or
 * a scene, while wide ones show a thing from end to end.
 */
function fills({ width, height }: Image, ratio: number): boolean {
  if (!width || !height) return false;
  const wider = width / height / ratio;
  return wider < CROP_SIDES_MAX && wider > 1 / CROP_HEIGHT_MAX;
}

export function Picture({ image, alt, sizes, ratio = 1, eager = false, className }: PictureProps) {
  const [brokenUrl, breakUrl] = useBroken();
  const shown = image && image.url !== brokenUrl ? image : null;
  const cutout = !!shown && !fills(shown, ratio);
  return (
    <span
      className={cx(
        'picture-tile block overflow-hidden rounded-lg',
        cutout && 'has-cutout',
        className,
      )}
      style={{ aspectRatio: ratio }}
    >
      {shown ? (
        <img
          src={shown.url}
          srcSet={shown.sources.map(({ url, width }) => `${url} ${width}w`).join(', ') || undefined}
          sizes={sizes}
          width={shown.width ?? undefined}
          height={shown.height ?? undefined}
          alt={alt ?? shown.alt ?? ''}
          loading={eager ? 'eager' : 'lazy'}
          fetchPriority={eager ? 'high' : 'auto'}
          decoding="async"
          className={cx('size-full', cutout ? 'cutout object-contain p-[6%]' : 'object-cover')}
          onError={() => breakUrl(shown.url)}
        />
      ) : (
        <span
          {...(alt !== '' && { role: 'img', 'aria-label': `No picture${alt ? ` of ${alt}` : ''}` })}
          className="grid size-full place-items-center text-muted"
        >
          <ImageOff aria-hidden className="size-6 opacity-50" />
        </span>
      )}
    </span>
  );
}

/** The address that could not be fetched. A busy shop gets a second chance, a dead link does not. */
function useBroken(): [string | null, (url: string) => void] {
  const [broken, setBroken] = useState<{ url: string; tries: number; waits: boolean } | null>(null);
  const { waits = false, tries = 0 } = broken ?? {};
  useEffect(() => {
    if (!waits || tries > 1) return;
    const again = () => setBroken((now) => now && { ...now, waits: false });
    const timer = setTimeout(again, RETRY_MS);
    return () => clearTimeout(timer);
  }, [waits, tries]);
  const breakUrl = (url: string) =>
    setBroken((now) => ({ url, tries: now?.url === url ? now.tries + 1 : 1, waits: true }));
  return [waits ? (broken?.url ?? null) : null, breakUrl];
}
