/**
 * How a picture of the grid looks.
 *
 * Nothing here fades: while pictures scroll past, each opacity and each transition is a
 * layer of its own for the browser, which cost more than all of our JavaScript.
 */

import { css } from "../lit.js";

export const cardStyle = css`
  .item { position: absolute; left: 0; contain: layout style; border-radius: 14px; }
  .picture { display: block; position: relative; width: 100%; aspect-ratio: 1; padding: 0; border: 0; border-radius: 14px; overflow: hidden; background: var(--shade); touch-action: manipulation; user-select: none; -webkit-touch-callout: none; }
  .picture img { width: 100%; height: 100%; object-fit: cover; display: block; visibility: hidden; pointer-events: none; }
  .loaded .picture img { visibility: visible; }
  .labelled .picture { box-shadow: 0 0 0 3px var(--c); }
  .selected .picture { box-shadow: 0 0 0 4px var(--primary-color); }
  .selected .picture img { opacity: 0.75; }
  .painting .selected .picture { box-shadow: 0 0 0 5px var(--c); }
  .painting .selected .picture img { opacity: 1; }
  .painting .selected .mark { background: var(--c); }
  :host([simple]) .why, :host([simple]) .badges, :host([simple]) .label.open { display: none; }
  .picture:focus-visible { outline: 3px solid var(--primary-text-color); outline-offset: 3px; }
  .mark { position: absolute; top: 8px; left: 8px; width: 28px; height: 28px; display: grid; place-items: center; border-radius: 50%; border: 2px solid #fff; background: rgb(0 0 0 / 35%); color: transparent; visibility: hidden; }
  .mark .icon { width: 18px; height: 18px; }
  .selected .mark { visibility: visible; background: var(--primary-color); color: #fff; }
  .why { position: absolute; top: 0; right: 0; width: 48px; height: 48px; border: 0; padding: 0; display: grid; place-items: center; background: none; color: rgb(255 255 255 / 85%); }
  .why .icon { width: 30px; height: 30px; padding: 4px; border-radius: 50%; background: rgb(0 0 0 / 42%); }
  .why:focus-visible { outline-offset: -6px; outline-color: #fff; }
  .badges { position: absolute; left: 6px; bottom: 6px; right: 6px; display: flex; gap: 4px; flex-wrap: wrap; }
  .badge { display: inline-flex; align-items: center; gap: 4px; height: 22px; padding: 0 6px; border-radius: 11px; background: rgb(0 0 0 / 60%); color: #fff; font-size: 12px; max-width: 100%; overflow: hidden; }
  .badge .icon { width: 14px; height: 14px; }
  .caption { display: flex; align-items: center; justify-content: space-between; gap: 6px; height: 52px; padding: 0 2px; }
  .caption .label { position: relative; border: 0; min-width: 0; flex: 0 1 auto; overflow: visible; height: 30px; }
  .caption .label::after { content: ""; position: absolute; inset: -11px -4px; }
  .caption .label:disabled { opacity: 1; }
  .caption .label.open { background: color-mix(in srgb, var(--c) 16%, transparent); }
  .caption .text { overflow: hidden; text-overflow: ellipsis; }
  .caption .icon { width: 16px; height: 16px; }
  .when { color: var(--quiet); font-size: 12px; white-space: nowrap; flex: none; }
  .when.wrong { color: var(--error-text); font-weight: 500; overflow: hidden; text-overflow: ellipsis; flex: 0 1 auto; min-width: 0; }
  .heading { position: absolute; left: 0; display: flex; align-items: center; gap: 12px; height: 56px; padding: 8px 0 0; }
  .heading .words { flex: 1; min-width: 0; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; font-weight: 500; }
  .painting .picture { cursor: crosshair; }
  @media (hover: hover) {
    .picture:hover .mark { visibility: visible; }
    .why, .why .icon { color: transparent; background: none; }
    .item:hover .why, .item:focus-within .why { color: #fff; }
    .item:hover .why .icon, .item:focus-within .why .icon { background: rgb(0 0 0 / 42%); }
  }
`;
