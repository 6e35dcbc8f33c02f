"""Read the speaker's notes of a .pptx: run as a program of its own, inside the sandbox.

LibreOffice prints slides without their notes, but teachers search by them. Imports nothing of
the house; prints one JSON list, a string for each slide. Usage: notes.py FILE
"""

import json
import sys

from pptx import Presentation


def main(path: str) -> int:
    """Print the notes of every slide, in order."""
    notes = [
        (slide.notes_slide.notes_text_frame.text if slide.has_notes_slide and slide.notes_slide.notes_text_frame else "").strip()
        for slide in Presentation(path).slides
    ]
    sys.stdout.write(json.dumps(notes, ensure_ascii=False) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
