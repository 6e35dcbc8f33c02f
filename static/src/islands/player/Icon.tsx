/** The player's few pictures, drawn on 24 × 24; always beside a name for those who do not see them. */

const PATHS = {
  play: "M8 5.5v13l11-6.5z",
  pause: "M7 5h3.6v14H7zM13.4 5H17v14h-3.6z",
  replay: "M12 5V1.8L7.2 6.4 12 11V7.6a5.4 5.4 0 1 1-5.4 5.4H4A8 8 0 1 0 12 5z",
  back: "M11.5 6v12L3.5 12zM20 6v12l-8-6z",
  forward: "M12.5 6v12l8-6zM4 6v12l8-6z",
  sound: "M4 9.5v5h3.4L12 19V5L7.4 9.5zM15 8.3a5 5 0 0 1 0 7.4l1.4 1.5a7 7 0 0 0 0-10.4z",
  silent: "M4 9.5v5h3.4L12 19V5L7.4 9.5zM15 9.9l1.3-1.3 2.2 2.1 2.2-2.1L22 9.9 19.8 12l2.2 2.1-1.3 1.3-2.2-2.1-2.2 2.1-1.3-1.3 2.2-2.1z",
  captions: "M4 5h16a1.5 1.5 0 0 1 1.5 1.5v11A1.5 1.5 0 0 1 20 19H4a1.5 1.5 0 0 1-1.5-1.5v-11A1.5 1.5 0 0 1 4 5zm1.5 6.2v1.8h5v-1.8zm7 0v1.8h6v-1.8zm-7 3.3v1.8h7v-1.8zm9 0v1.8h4v-1.8z",
  settings: "M4 6.2h8.2a2.6 2.6 0 0 1 5 0H20V8h-2.8a2.6 2.6 0 0 1-5 0H4zm0 9.8h2.8a2.6 2.6 0 0 1 5 0H20v1.8h-8.2a2.6 2.6 0 0 1-5 0H4z",
  slides: "M3.5 4.5h17v11h-7.6v1.9l3 2.1H8.1l3-2.1v-1.9H3.5zm1.9 1.9v7.2h13.2V6.4z",
  video: "M4 6h11.5v3.7L20.5 7v10l-5-2.7V18H4z",
  window: "M3 5h18v14H3zm1.9 1.9v10.2h14.2V6.9zM12 12h5.6v3.8H12z",
  full: "M5 5h5.5v2H7v3.5H5zm8.5 0H19v5.5h-2V7h-3.5zM5 13.5h2V17h3.5v2H5zm12 0h2V19h-5.5v-2H17z",
  small: "M8.5 5h2v5.5H5v-2h3.5zm5 0h2v3.5H19v2h-5.5zM5 13.5h5.5V19h-2v-3.5H5zm8.5 0H19v2h-3.5V19h-2z",
  close: "M6.4 5 12 10.6 17.6 5 19 6.4 13.4 12l5.6 5.6-1.4 1.4-5.6-5.6L6.4 19 5 17.6l5.6-5.6L5 6.4z",
} as const;

export type IconName = keyof typeof PATHS;

export function Icon({ name }: { name: IconName }) {
  return (
    <svg viewBox="0 0 24 24" width="24" height="24" aria-hidden="true" focusable="false">
      <path fill="currentColor" fill-rule="evenodd" d={PATHS[name]} />
    </svg>
  );
}
