"""The page's drawings, as SVG paths on a grid of 24 by 24: strokes, no fills, by hand."""

from __future__ import annotations

ICONS = {
    "send": '<path d="M12 19V5M5.5 11.5 12 5l6.5 6.5"/>',
    "stop": '<rect x="7" y="7" width="10" height="10" rx="1.5"/>',
    "new": '<path d="M12 5v14M5 12h14"/>',
    "info": '<circle cx="12" cy="12" r="8.5"/><path d="M12 11v5M12 8v.01"/>',
    "brief": '<path d="M7 3.5h7l4 4v13H7zM14 3.5v4h4M10 12h5M10 16h5"/>',
    "open": '<path d="M14 4.5h5.5V10M19 5l-8 8M17 14v5H5V7h5"/>',
    "back": '<path d="M9.5 6 4.5 11l5 5M5 11h9a5 5 0 0 1 5 5v2"/>',
    "copy": '<rect x="8.5" y="8.5" width="11" height="11" rx="1.5"/><path d="M15.5 5.5v-1h-11v11h1"/>',
    "link": '<path d="M10 14a4 4 0 0 0 5.7 0l3-3a4 4 0 0 0-5.7-5.7l-1 1M14 10a4 4 0 0 0-5.7 0l-3 3a4 4 0 0 0 5.7 5.7l1-1"/>',
    "edit": '<path d="M5 19l1-4L16 5l3 3L9 18zM14 7l3 3"/>',
    "retry": '<path d="M19 12a7 7 0 1 1-2.2-5.1M19 4v4h-4"/>',
    "up": '<path d="M8 11v8.5H4.5V11zM8 11l4-7c1.5 0 2.3 1 2 2.5L13.5 10h5.3c1 0 1.7 1 1.4 2l-1.7 6c-.2.9-1 1.5-1.9 1.5H8"/>',
    "down": '<path d="M8 13V4.5H4.5V13zM8 13l4 7c1.5 0 2.3-1 2-2.5L13.5 14h5.3c1 0 1.7-1 1.4-2l-1.7-6c-.2-.9-1-1.5-1.9-1.5H8"/>',
    "close": '<path d="M6 6l12 12M18 6 6 18"/>',
    "not_in_resume": '<circle cx="12" cy="12" r="8.5" stroke-dasharray="3 2.6"/>',
    "declined": '<circle cx="12" cy="12" r="8.5"/><path d="M6 18 18 6"/>',
}
"""By name; a stroke's colour and width are the style's."""
