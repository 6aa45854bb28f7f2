"""Serve the actions on loopback: `python -m actions`."""

from __future__ import annotations

import logging
from typing import Any

from rasa_sdk.endpoint import create_app
from rasa_sdk.executor import ActionExecutor

from actions.qualification_form import ValidateQualificationForm, application


class Executor(ActionExecutor):
    """Runs the actions without Rasa's domain, which bot/endpoints.yml leaves out of the calls: rasa-sdk would insist on it."""

    def update_and_return_domain(self, payload: dict[str, Any], action_name: str) -> dict[str, Any]:
        """No action of ours reads the domain."""
        return {}


def main() -> None:
    """Check the playbook, then serve; a broken one must not wait for the first visitor."""
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s actions %(levelname)s %(message)s")
    app = application()
    _ = app.playbook_files, app.faq  # reading them is the point
    executor = Executor()
    executor.register_action(ValidateQualificationForm())
    # rasa-sdk's own command listens on every address and starts a second process; one on loopback is what we want.
    create_app(executor).run(
        host="127.0.0.1", port=app.settings.actions_port, single_process=True, access_log=False, motd=False, debug=False
    )


if __name__ == "__main__":
    main()
