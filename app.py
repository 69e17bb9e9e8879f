"""The entry of a Hugging Face Space; `python app.py` does the same in a checkout where nothing is installed."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent / "src"))

from askme.errors import AskmeError
from askme.settings import load_settings

if __name__ == "__main__":
    try:
        settings = load_settings()
        from askme.web.server import serve  # Gradio reads its port while it is imported, and fails with a traceback

        serve(settings)
    except AskmeError as error:
        sys.exit(str(error))
