/** How everything looks: Home Assistant's theme, its spacing and its shapes. */

import { css } from "./lit.js";

export const shared = css`
  :host {
    --line: var(--divider-color, #e0e0e0);
    --surface: var(--ha-card-background, var(--card-background-color, #fff));
    --quiet: var(--secondary-text-color, #727272);
    --radius: var(--ha-card-border-radius, var(--ha-border-radius-lg, 12px));
    /* As text, the theme's colours are too pale on a light page, or too dark on a dark one. */
    --accent-text: color-mix(in srgb, var(--primary-color) 68%, var(--primary-text-color));
    --success-text: color-mix(in srgb, var(--success-color) 68%, var(--primary-text-color));
    --warning-text: color-mix(in srgb, var(--warning-color) 60%, var(--primary-text-color));
    --error-text: color-mix(in srgb, var(--error-color) 76%, var(--primary-text-color));
    --tint: color-mix(in srgb, var(--primary-color) 12%, transparent);
    --shade: color-mix(in srgb, var(--primary-text-color) 6%, transparent);
    color: var(--primary-text-color);
    font-family: var(--ha-font-family-body, Roboto, sans-serif);
    font-size: var(--ha-font-size-m, 14px);
    line-height: 1.45;
  }
  *, *::before, *::after { box-sizing: border-box; }
  h1, h2, h3, p { margin: 0; }
  h2 { font-size: var(--ha-font-size-xl, 20px); font-weight: 500; line-height: 1.3; }
  h3 { font-size: var(--ha-font-size-l, 16px); font-weight: 500; }
  a { color: var(--accent-text); }
  button, input, select { font: inherit; color: inherit; }
  button { cursor: pointer; -webkit-tap-highlight-color: transparent; }
  button:disabled { cursor: default; opacity: 0.5; }
  :focus-visible { outline: 2px solid var(--primary-color); outline-offset: 2px; }
  .icon { width: 24px; height: 24px; flex: none; display: block; }
  .quiet { color: var(--quiet); }
  .hidden { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
  .page { max-width: 1080px; margin: 0 auto; padding: 16px; display: grid; gap: 16px; align-content: start; }
  .row { display: flex; align-items: center; gap: 8px; }
  .wrap { flex-wrap: wrap; }
  .spread { justify-content: space-between; }
  .grow { flex: 1; min-width: 0; }

  .card {
    background: var(--surface);
    border: var(--ha-card-border-width, 1px) solid var(--ha-card-border-color, var(--line));
    border-radius: var(--radius);
    box-shadow: var(--ha-card-box-shadow, none);
    padding: 16px;
    min-width: 0;
  }
  .card > h2 + *, .card > h3 + * { margin-top: 12px; }

  .button {
    display: inline-flex; align-items: center; justify-content: center; gap: 8px;
    min-height: 48px; padding: 0 20px; border: 0; border-radius: 24px;
    background: var(--tint); color: var(--accent-text); font-weight: 500;
    text-decoration: none; white-space: nowrap;
    transition: background-color 120ms, opacity 120ms;
  }
  .button:hover:not(:disabled) { background: color-mix(in srgb, var(--primary-color) 20%, transparent); }
  .button.main { background: var(--primary-color); color: var(--text-primary-color, #fff); }
  .button.main:hover:not(:disabled) { background: color-mix(in srgb, var(--primary-color) 88%, #000); }
  .button.plain { background: none; }
  .button.danger { color: var(--error-text); background: color-mix(in srgb, var(--error-color) 12%, transparent); }
  .button.main.danger { color: #fff; background: var(--error-color); }
  .icon-button {
    display: inline-grid; place-items: center; width: 48px; height: 48px; flex: none;
    border: 0; border-radius: 50%; background: none; text-decoration: none; color: inherit;
  }
  .icon-button:hover:not(:disabled) { background: var(--shade); }

  .chip {
    display: inline-flex; align-items: center; gap: 6px; min-height: 28px; padding: 2px 10px;
    border-radius: 14px; background: var(--c, var(--quiet)); color: #fff; font-weight: 500; max-width: 100%;
    white-space: nowrap; overflow: hidden; text-overflow: ellipsis;
  }
  .chip .icon { width: 16px; height: 16px; }
  .chip.open {
    color: var(--primary-text-color); background: color-mix(in srgb, var(--c, var(--quiet)) 16%, transparent);
    box-shadow: inset 0 0 0 1.5px var(--c, var(--quiet));
  }
  .dot { width: 10px; height: 10px; border-radius: 50%; background: var(--c); flex: none; }
  .choice {
    display: inline-flex; align-items: center; gap: 8px; min-height: 48px; padding: 0 16px;
    border: 1px solid var(--line); border-radius: 24px; background: var(--surface);
  }
  .choice[aria-pressed="true"] {
    border-color: var(--c, var(--primary-color));
    background: color-mix(in srgb, var(--c, var(--primary-color)) 16%, var(--surface));
    box-shadow: inset 0 0 0 1px var(--c, var(--primary-color));
  }

  .field { display: grid; gap: 6px; }
  .field > .label { font-weight: 500; }
  .field > .help { color: var(--quiet); }
  .field > .wrong { color: var(--error-text); }
  .input {
    width: 100%; min-height: 48px; padding: 0 14px; border: 1px solid var(--line); border-radius: 12px;
    background: var(--input-fill-color, var(--shade)); font-size: 16px;
  }
  .pill {
    min-height: 48px; padding: 0 36px 0 16px; border: 1px solid var(--line); border-radius: 24px;
    appearance: none; field-sizing: content; background-color: var(--surface); max-width: 280px; text-overflow: ellipsis;
    background-image: linear-gradient(45deg, transparent 50%, currentColor 50%), linear-gradient(-45deg, transparent 50%, currentColor 50%);
    background-size: 5px 5px; background-repeat: no-repeat;
    background-position: calc(100% - 21px) 55%, calc(100% - 16px) 55%;
  }
  .pill.set { border-color: var(--primary-color); background-color: color-mix(in srgb, var(--primary-color) 12%, var(--surface)); }
  .pill option { background: var(--surface); color: var(--primary-text-color); }

  .progress { height: 8px; border-radius: 4px; background: var(--shade); overflow: hidden; }
  .progress > div { height: 100%; border-radius: 4px; background: var(--primary-color); transition: width 200ms; }
  .progress.waiting > div { animation: wander 1.4s ease-in-out infinite alternate; }
  @keyframes wander { from { margin-left: 0; } to { margin-left: 70%; } }

  .alert { display: flex; gap: 12px; align-items: flex-start; padding: 12px 16px; border-radius: var(--radius); background: color-mix(in srgb, var(--a, var(--info-color, #039be5)) 14%, transparent); }
  .alert > .icon { color: var(--a, var(--info-color, #039be5)); }
  .alert.error { --a: var(--error-color); }
  .alert.warning { --a: var(--warning-color); }
  .alert.success { --a: var(--success-color); }

  .empty { display: grid; justify-items: center; align-content: start; gap: 12px; text-align: center; padding: 48px 24px; max-width: 520px; margin: 0 auto; }
  .empty p { color: var(--quiet); font-size: 16px; }
  .empty-icon { display: grid; place-items: center; width: 88px; height: 88px; border-radius: 50%; background: var(--tint); color: var(--primary-color); }
  .empty-icon .icon { width: 44px; height: 44px; }

  dialog {
    border: 0; padding: 0; color: var(--primary-text-color); background: var(--surface);
    border-radius: var(--ha-border-radius-3xl, 24px); box-shadow: var(--ha-box-shadow-l, 0 8px 40px rgb(0 0 0 / 40%));
    max-width: min(560px, calc(100vw - 32px)); width: 100%;
  }
  dialog::backdrop { background: rgb(0 0 0 / 50%); }
  dialog .inside { padding: 24px; display: grid; gap: 16px; }
  dialog .actions { display: flex; justify-content: flex-end; gap: 8px; flex-wrap: wrap; }
  kbd { display: inline-block; min-width: 24px; padding: 1px 6px; text-align: center; border-radius: 6px; background: var(--shade); font-family: inherit; font-weight: 500; }

  @media (prefers-reduced-motion: reduce) {
    *, *::before, *::after { transition: none !important; animation: none !important; scroll-behavior: auto !important; }
  }
`;
