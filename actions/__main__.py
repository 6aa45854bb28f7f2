"""Serve the actions on loopback: `python -m actions`."""

from __future__ import annotations

import logging

from rasa_sdk.endpoint import create_app
from rasa_sdk.executor import ActionExecutor

from actions.qualification_form import ValidateQualificationForm, application


def main() -> None:
    """Check the playbook, then serve; a broken one must not wait for the first visitor."""
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s actions %(levelname)s %(message)s")
    app = application()
    app.script  # noqa: B018 - reading it is the point
    executor = ActionExecutor()
    executor.register_action(ValidateQualificationForm())
    # rasa-sdk's own command listens on every address and starts a second process; one on loopback is what we want.
    create_app(executor).run(
        host="127.0.0.1", port=app.settings.actions_port, single_process=True, access_log=False, motd=False, debug=False
    )


if __name__ == "__main__":
    main()
