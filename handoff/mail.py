"""Mail to people of the vendor, by SMTP. Opened for each mail and closed again; nothing is kept between two of them."""

from __future__ import annotations

import smtplib
import ssl
from dataclasses import dataclass
from email.errors import HeaderParseError, MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import formatdate, make_msgid, parseaddr
from urllib.parse import parse_qs, unquote, urlsplit

TIMEOUT_SECONDS = 20
PORTS = {"smtp": 25, "smtps": 465}
TRUE = frozenset({"1", "yes", "true"})


class MailFailed(Exception):
    """The mail was not taken. `permanent`: the server refused this mail for good, so that trying again is of no use."""

    def __init__(self, why: str, *, permanent: bool) -> None:
        super().__init__(why)
        self.permanent = permanent


@dataclass(frozen=True)
class MailServer:
    """Where mail is handed in, as the setting SMTP_URL says."""

    host: str
    port: int
    user: str | None
    password: str | None
    tls: bool  # from the first byte on (smtps)
    starttls: bool


def mail_server(url: str) -> MailServer:
    """Read SMTP_URL.

    >>> mail_server("smtp://ana:p%40ss@mail.example:587?starttls=1")
    MailServer(host='mail.example', port=587, user='ana', password='p@ss', tls=False, starttls=True)

    Raises:
        ValueError: it is no such address; the sentence does not repeat it, since it may hold a password.
    """
    parts = urlsplit(url)
    options = parse_qs(parts.query)
    try:
        port = parts.port
    except ValueError:
        port = -1
    if parts.scheme not in PORTS or not parts.hostname or port == -1 or set(options) - {"starttls"} or parts.path not in ("", "/"):
        raise ValueError("expected e.g. smtp://user:password@host:587?starttls=1, or smtps://user:password@host:465")
    return MailServer(
        host=parts.hostname, port=port or PORTS[parts.scheme], user=unquote(parts.username) if parts.username else None,
        password=unquote(parts.password) if parts.password else None, tls=parts.scheme == "smtps",
        starttls=options.get("starttls", [""])[0].lower() in TRUE,
    )


class Mailer:
    """Hands mail to one SMTP server."""

    def __init__(self, server: MailServer, *, sender: str, timeout_seconds: float = TIMEOUT_SECONDS) -> None:
        """Prepare; nothing is opened.

        Args:
            sender: what the mail is from, e.g. "LeadTriage <leads@vendor.example>".
            timeout_seconds: the longest wait for each answer of the server.
        """
        self._server, self._sender, self._timeout = server, sender, timeout_seconds

    def send(self, to: str, subject: str, text: str, *, key: str | None = None) -> None:
        """Send one plain-text mail to one address; it was taken by the server when this returns.

        Args:
            key: letters and digits; mails of the same key have the same Message-ID, so that a second one can be told to be the same.
        Raises:
            MailFailed: it was not taken; `permanent` says whether it can be tried again.
        """
        message = self._message(to, subject, text, key)
        try:
            with self._connect() as connection:
                connection.send_message(message)
        except smtplib.SMTPRecipientsRefused as error:
            code = max((answer[0] for answer in error.recipients.values()), default=550)
            raise MailFailed(f"The mail server refused the recipient ({code}).", permanent=code >= 500) from error
        except smtplib.SMTPAuthenticationError as error:
            # Not the mail's fault: once the setting is right, it can go out.
            raise MailFailed(f"The mail server refused the login of SMTP_URL ({error.smtp_code}).", permanent=False) from error
        except (smtplib.SMTPSenderRefused, smtplib.SMTPDataError) as error:
            raise MailFailed(f"The mail server refused the mail ({error.smtp_code}).", permanent=error.smtp_code >= 500) from error
        except (smtplib.SMTPException, OSError) as error:
            where = f"{self._server.host}:{self._server.port}"
            raise MailFailed(f"The mail server at {where} did not take the mail: {type(error).__name__}.", permanent=False) from error

    def _message(self, to: str, subject: str, text: str, key: str | None) -> EmailMessage:
        message = EmailMessage()
        name, address = parseaddr(self._sender)
        try:
            message["From"] = Address(display_name=name, addr_spec=address)
            message["To"] = Address(addr_spec=to)
            message["Subject"] = subject
        except (ValueError, HeaderParseError, MessageError, IndexError) as error:
            raise MailFailed("The mail has an address or a subject that no mail can have.", permanent=True) from error
        domain = address.rpartition("@")[2]
        message["Date"], message["Message-ID"] = formatdate(), f"<{key}@{domain}>" if key else make_msgid(domain=domain)
        message["Auto-Submitted"] = "auto-generated"  # so that nobody's holiday answer comes back
        message.set_content(text)
        return message

    def _connect(self) -> smtplib.SMTP:
        server = self._server
        secure = ssl.create_default_context()
        connection = (
            smtplib.SMTP_SSL(server.host, server.port, timeout=self._timeout, context=secure)
            if server.tls else smtplib.SMTP(server.host, server.port, timeout=self._timeout)
        )
        try:
            if server.starttls:
                connection.starttls(context=secure)
            if server.user:
                connection.login(server.user, server.password or "")
        except BaseException:
            connection.close()
            raise
        return connection
