// How many, into the cart, and what happened.
import { ApiError, type Product, type Variant } from '@souk/shared';
import { useState } from 'react';
import { Button } from '../../components/Button';
import { Failure } from '../../components/Failure';
import { Notice } from '../../components/Notice';
import { QuantityInput } from '../../components/QuantityInput';
import { queryClient } from '../../lib/client';
import { showAdded, useAddItem } from '../../lib/cart';
import { isBuyable } from './variants';

const FEW = 5;

export function BuyBox({ product, variant }: { product: Product; variant: Variant }) {
  const [quantity, setQuantity] = useState(1);
  const add = useAddItem();
  const most = variant.backorder ? null : variant.available;
  const wanted = Math.max(1, Math.min(quantity, most ?? quantity));

  function addToCart() {
    showAdded(null);
    add.mutate(
      { sku: variant.sku, quantity: wanted },
      {
        onSuccess(cart) {
          const item = cart.items.find(({ sku }) => sku === variant.sku);
          if (item) showAdded(item);
          setQuantity(1);
        },
        onError(error) {
          if (error instanceof ApiError && error.code === 'out_of_stock') {
            void queryClient.invalidateQueries({ queryKey: ['product', product.handle] });
          }
        },
      },
    );
  }

  return (
    <div className="flex flex-col gap-3.5">
      <div className="flex gap-3">
        {isBuyable(variant) && (
          <QuantityInput label="Quantity" value={wanted} max={most} onChange={setQuantity} />
        )}
        <Button
          className="min-h-12! flex-1"
          disabled={!isBuyable(variant)}
          busy={add.isPending}
          onClick={addToCart}
        >
          {isBuyable(variant) ? 'Add to cart' : 'Sold out'}
        </Button>
      </div>
      <StockLine variant={variant} only={product.variants.length === 1} />
      {add.isError && <AddFailure error={add.error} retry={addToCart} />}
    </div>
  );
}

function StockLine({ variant, only }: { variant: Variant; only: boolean }) {
  const { available, backorder } = variant;
  const line =
    available === null
      ? { look: 'bg-good', text: 'In stock' }
      : available > FEW
        ? { look: 'bg-good', text: 'In stock' }
        : available > 0
          ? { look: 'bg-warn', text: `Only ${available} left` }
          : backorder
            ? { look: 'bg-warn', text: 'On back-order: sent as soon as it arrives' }
            : {
                look: 'bg-edge',
                text: only ? 'Not in stock at the moment' : 'Sold out in this version',
              };
  return (
    <p aria-live="polite" className="flex items-center gap-2 text-[0.9375rem]">
      <span aria-hidden className={`size-2 rounded-full ${line.look}`} />
      {line.text}
    </p>
  );
}

function AddFailure({ error, retry }: { error: Error; retry(): void }) {
  if (error instanceof ApiError && error.code === 'out_of_stock') {
    return (
      <Notice tone="warn" title="There are not that many">
        Choose a smaller number, or another version. {error.message}
      </Notice>
    );
  }
  return <Failure error={error} retry={retry} />;
}
