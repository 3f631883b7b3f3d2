// A product picture on its tile: the tile has its size before the picture arrives, so nothing
// moves.
import type { Image } from '@souk/shared';
import { ImageOff } from 'lucide-react';
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

const CROP_SIDES_MAX = 1.25;
const CROP_HEIGHT_MAX = 1.6;

/**
 * Near the tile's own shape a picture fills it; any other is shown whole, since cropping would cut
 * the goods. Upright pictures bear more: they mostly show people or a scene, while wide ones show a
 * thing from end to end.
 */
function fills(image: Image, ratio: number): boolean {
  const wider = image.width / image.height / ratio;
  return wider < CROP_SIDES_MAX && wider > 1 / CROP_HEIGHT_MAX;
}

export function Picture({
  image,
  alt,
  sizes,
  ratio = 1,
  eager = false,
  className,
}: PictureProps) {
  const cutout = !!image && !fills(image, ratio);
  return (
    <span
      className={cx(
        'picture-tile block overflow-hidden rounded-lg',
        cutout && 'has-cutout',
        className,
      )}
      style={{ aspectRatio: ratio }}
    >
      {image ? (
        <img
          src={image.url}
          srcSet={image.sources.map(({ url, width }) => `${url} ${width}w`).join(', ') || undefined}
          sizes={sizes}
          width={image.width}
          height={image.height}
          alt={alt ?? image.alt ?? ''}
          loading={eager ? 'eager' : 'lazy'}
          fetchPriority={eager ? 'high' : 'auto'}
          decoding="async"
          className={cx('size-full', cutout ? 'cutout object-contain p-[6%]' : 'object-cover')}
        />
      ) : (
        <span className="grid size-full place-items-center text-muted">
          <ImageOff aria-hidden className="size-6 opacity-50" />
        </span>
      )}
    </span>
  );
}
